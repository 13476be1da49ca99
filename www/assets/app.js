// Makes pages nicer; each of them works without.  What it does is asked for by
// data- attributes; words come from the page.
'use strict';

const body = document.body;
const all = (selector, within = document) =>
    [...within.querySelectorAll(selector)];

// --- whose clock: read by the gateway from the next page on ---

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const base = new URL(body.dataset.root, location.href).pathname;
if (zone && !document.cookie.includes('tollgate_zone=' +
    encodeURIComponent(zone)))
	document.cookie = `tollgate_zone=${encodeURIComponent(zone)}; ` +
	    `path=${base}; max-age=31536000; samesite=lax` +
	    (location.protocol === 'https:' ? '; secure' : '');

// --- copying: <button data-copy="#id" hidden> ---

async function copy(button)
{
	const from = document.querySelector(button.dataset.copy);
	const text = from.value ?? from.textContent;
	try {
		await navigator.clipboard.writeText(text);
	} catch { // no https: let the browser copy what is selected
		getSelection().selectAllChildren(from);
		document.execCommand('copy');
	}
	const words = button.textContent;
	button.textContent = body.dataset.copied;
	button.disabled = true;
	setTimeout(() => {
		button.textContent = words;
		button.disabled = false;
	}, 1500);
}

// --- asking first: data-confirm="sentence" on a form or its button ---

function make(name, text, more = {})
{
	const element = Object.assign(document.createElement(name), more);
	element.textContent = text;
	return element;
}

// A dialog of these parts; one of them is called by what #ask says.
function show(parts, then)
{
	const dialog = make('dialog', '');
	dialog.setAttribute('aria-labelledby', 'ask');
	dialog.append(...parts);
	dialog.addEventListener('close', () => {
		dialog.remove();
		then?.(dialog.returnValue);
	});
	body.append(dialog);
	dialog.showModal();
}

function ask(sentence, then)
{
	const form = make('form', '', { method: 'dialog' });
	const row = make('div', '', { className: 'buttons' });
	row.append(make('button', body.dataset.no, { value: '' }),
	    make('button', body.dataset.yes,
	    { value: 'yes', className: 'primary danger' }));
	form.append(make('p', sentence, { id: 'ask' }), row);
	show([form], answer => answer === 'yes' && then());
}

let agreed = null;

document.addEventListener('submit', event => {
	const { target: form, submitter } = event;
	const words = submitter?.dataset.confirm ?? form.dataset.confirm;
	if (!words || agreed === form)
		return;
	event.preventDefault();
	ask(words, () => {
		agreed = form;
		form.requestSubmit(submitter);
		agreed = null;
	});
});

// --- live tail: <tbody data-tail="URL">; answers are rows, newest first,
// --- from behind the row whose data-id is asked for as after=; rows with
// --- data-open are asked for again (open=) and replaced when they come ---

function tail(list)
{
	const most = Number(list.dataset.most ?? 200);
	let wait = 2000;
	const look = async () => {
		if (document.hidden || list.hasAttribute('data-paused'))
			return setTimeout(look, wait);
		const url = new URL(list.dataset.tail, location.href);
		const last = list.querySelector('[data-id]')?.dataset.id;
		if (last)
			url.searchParams.set('after', last);
		const open = [...list.querySelectorAll('[data-open]')];
		if (open.length > 0)
			url.searchParams.set('open', open.slice(0, 100)
			    .map(row => row.dataset.id).join());
		try {
			const answer = await fetch(url);
			if (answer.status === 401 || answer.status === 403)
				return location.reload();
			const html = answer.status === 200 ?
			    (await answer.text()).trim() : '';
			if (html)
				add(list, html, most);
			wait = answer.ok ? 2000 : 10000;
		} catch {
			wait = 10000;
		}
		setTimeout(look, wait);
	};
	setTimeout(look, wait);
}

function add(list, html, most)
{
	const rows = make('template', '');
	rows.innerHTML = html;
	for (const row of [...rows.content.children]) {
		const old = row.id && document.getElementById(row.id);
		if (old)
			old.replaceWith(row);
		else
			row.classList.add('new');
	}
	list.prepend(rows.content);
	while (list.children.length > most)
		list.lastElementChild.remove();
}

// --- keyboard ---

const links = () => all('.list tbody tr')
    .map(row => row.querySelector('th a, td a')).filter(Boolean);

function step(by)
{
	const list = links();
	const at = list.findIndex(link =>
	    link.closest('tr').contains(document.activeElement));
	const to = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
	to?.focus();
	to?.scrollIntoView({ block: 'nearest' });
}

// What the keys do: those of all pages, and g with those of the navigation.
function help()
{
	const words = body.dataset;
	const rows = [[['j', 'k'], words.step], [['Enter'], words.open],
	    [['/'], words.search],
	    ...all('[data-go]').map(link =>
	    [['g', link.dataset.go], link.textContent]),
	    [['?'], words.help]];
	const list = make('dl', '', { className: 'facts' });
	for (const [names, meaning] of rows) {
		const term = make('dt', '');
		names.forEach(name => term.append(make('kbd', name), ' '));
		list.append(term, make('dd', meaning));
	}
	const form = make('form', '', { method: 'dialog',
		className: 'buttons' });
	form.append(make('button', words.close));
	show([make('h2', words.keyboard, { id: 'ask' }), list, form]);
}

const keys = {
	j: () => step(1),
	k: () => step(-1),
	'/': () => {
		const field = document.querySelector('input[type="search"]');
		field ? field.focus() :
		    document.querySelector('[data-go="f"]')?.click();
	},
	'?': help,
};
let going = 0; // until when a letter after g counts

function press(key)
{
	if (going > Date.now()) {
		going = 0;
		document.querySelector(`[data-go="${CSS.escape(key)}"]`)
		    ?.click();
		return true;
	}
	if (key === 'g') {
		going = Date.now() + 1500;
		return true;
	}
	const named = document.querySelector(
	    `[data-key="${CSS.escape(key)}"]`);
	if (named)
		named.matches('input, select, textarea') ?
		    named.focus() : named.click();
	else
		keys[key]?.();
	return Boolean(named ?? keys[key]);
}

document.addEventListener('keydown', event => {
	if (event.ctrlKey || event.metaKey || event.altKey ||
	    event.isComposing || document.querySelector('dialog[open]') ||
	    event.target.closest('input, select, textarea, [contenteditable]'))
		return;
	if (event.key.length === 1 && press(event.key))
		event.preventDefault();
});

// --- the rest ---

document.addEventListener('click', event => {
	const button = event.target.closest('[data-copy]');
	if (button)
		copy(button);
	const menu = document.querySelector('.who details[open]');
	if (menu && !menu.contains(event.target))
		menu.open = false;
});
document.addEventListener('change', event => {
	if (event.target.matches('[data-submit]'))
		event.target.form.requestSubmit();
});
for (const part of all('.scroll'))
	if (part.scrollWidth > part.clientWidth &&
	    !part.querySelector('a, button, input'))
		part.tabIndex = 0; // for the arrow keys
for (const button of all('[data-copy]'))
	button.hidden = false;
for (const button of all('[data-nojs]'))
	button.hidden = true;
all('[data-tail]').forEach(tail);
