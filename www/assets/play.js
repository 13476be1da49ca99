// The playground's stream: sends the form, shows the answer as it comes, and
// keeps the conversation in its field, where the page without script has it.
(() => {
	'use strict';
	const $ = id => document.getElementById(id);
	const form = $('play');
	if (!form || !window.ReadableStream)
		return;
	const talk = $('play-talk'), state = $('play-state');
	const field = $('play-messages'), user = $('play-user');
	const images = $('play-images'), stop = $('play-stop');
	let running = null;

	talk.classList.add('live');
	talk.scrollTop = talk.scrollHeight;

	const copy = id => $(id).content.firstElementChild.cloneNode(true);
	const show = (el, text) => {
		el.textContent = text;
		el.hidden = !text;
	};
	const turn = role => {
		const el = copy('play-turn');
		el.classList.add(role);
		el.querySelector('strong').textContent =
		    $('play-turn').dataset[role];
		talk.append(el);
		talk.scrollTop = talk.scrollHeight;
		return el;
	};
	const picture = url => {
		const p = document.createElement('p');
		const img = document.createElement('img');
		img.src = url;
		img.alt = '';
		img.className = 'thumb';
		p.append(img);
		return p;
	};
	const dataUrl = file => new Promise((ok, bad) => {
		const r = new FileReader();
		r.onload = () => ok(r.result);
		r.onerror = () => bad(r.error);
		r.readAsDataURL(file);
	});

	// What is typed becomes messages of the conversation.
	async function take(messages)
	{
		for (const l of $('play-waiting').querySelectorAll('label')) {
			const m = { role: 'tool', tool_call_id:
			    l.querySelector('input').value, content:
			    l.querySelector('textarea').value };
			turn('tool').querySelector('.said').textContent =
			    m.content;
			messages.push(m);
		}
		const urls = await Promise.all([...images.files].map(dataUrl));
		if (user.value || urls.length) {
			const el = turn('user');
			el.querySelector('.said').textContent = user.value;
			for (const u of urls)
				el.append(picture(u));
			const parts = urls.map(url => ({ type: 'image_url',
			    image_url: { url } }));
			if (user.value)
				parts.unshift({ type: 'text', text:
				    user.value });
			messages.push({ role: 'user', content: urls.length ?
			    parts : user.value });
		}
		field.value = JSON.stringify(messages);
		$('play-waiting').replaceChildren();
		user.value = '';
		images.value = '';
	}

	// One answer, put together from its events.
	class Answer {
		constructor(started)
		{
			this.started = started;
			this.text = this.reasoning = this.refusal = '';
			this.calls = [];
			this.el = turn('assistant');
		}

		add(event)
		{
			const d = event.choices?.[0]?.delta;
			if (event.error)
				throw new Error(event.error.message ??
				    JSON.stringify(event.error));
			if (!d)
				return;
			this.text += d.content ?? '';
			this.refusal += d.refusal ?? '';
			this.reasoning += d.reasoning_content ??
			    d.reasoning ?? '';
			for (const c of d.tool_calls ?? [])
				this.call(c);
			if (!this.first && (this.text || this.reasoning ||
			    this.refusal || this.calls.length))
				this.first = performance.now() - this.started;
			// Who has scrolled back to read is left there.
			const end = talk.scrollHeight - talk.scrollTop -
			    talk.clientHeight < 80;
			this.draw();
			if (end)
				talk.scrollTop = talk.scrollHeight;
		}

		call(c)
		{
			const at = this.calls[c.index ?? 0] ??= { id: '',
			    type: 'function', function: { name: '',
			    arguments: '' } };
			at.id = c.id ?? at.id;
			at.function.name += c.function?.name ?? '';
			at.function.arguments += c.function?.arguments ?? '';
		}

		draw()
		{
			const why = this.el.querySelector('.reasoning');
			why.hidden = !this.reasoning;
			why.querySelector('pre').textContent = this.reasoning;
			this.el.querySelector('.said').textContent =
			    this.text + this.refusal;
			this.el.querySelector('.called').replaceChildren(
			    ...this.calls.filter(Boolean).map(c => {
				const el = copy('play-call');
				el.querySelector('code').textContent =
				    c.function.name;
				el.querySelector('pre').textContent =
				    c.function.arguments;
				return el;
			    }));
		}

		message()
		{
			const m = { role: 'assistant', content:
			    this.text || null };
			const calls = this.calls.filter(Boolean);
			if (calls.length)
				m.tool_calls = calls;
			if (this.refusal)
				m.refusal = this.refusal;
			return m.content || calls.length || this.refusal ? m :
			    null;
		}
	}

	async function read(body, answer)
	{
		const reader = body.pipeThrough(new TextDecoderStream())
		    .getReader();
		let rest = '';
		for (;;) {
			const { done, value } = await reader.read();
			if (done)
				return;
			const lines = (rest + value).split('\n');
			rest = lines.pop();
			for (const l of lines)
				if (l.startsWith('data: {'))
					answer.add(JSON.parse(l.slice(6)));
		}
	}

	// As Markdown, drawn by the gateway, in place of the text that came.
	function replace(el)
	{
		const drawn = $('play-answer');
		if (!drawn || !el?.isConnected)
			return;
		el.replaceChildren(el.firstElementChild, drawn.content);
		drawn.remove();
	}

	// The books have it when the stream has ended; after a stop soon.
	async function facts(id)
	{
		for (let i = 0; id && i < 6; i++) {
			const res = await fetch(form.action + '/calls/' + id,
			    { headers: { Accept: 'text/html' } });
			if (res.ok) {
				$('play-last').innerHTML = await res.text();
				replace(talk.lastElementChild);
				return;
			}
			await new Promise(ok => setTimeout(ok, 300));
		}
	}

	function tick(started, answer)
	{
		const s = n => (n / 1000).toFixed(1) + ' s';
		const now = s(performance.now() - started);
		show(state, answer.first ? now + ' · ' + state.dataset.first +
		    ' ' + s(answer.first) : state.dataset.waiting + ' ' + now);
	}

	async function complaint(res)
	{
		const text = await res.text();
		try {
			return JSON.parse(text).error.message;
		} catch {
			return res.status + ' ' + text.slice(0, 300);
		}
	}

	function wait(calls)
	{
		for (const c of calls ?? []) {
			const el = copy('play-result');
			el.querySelector('code').textContent = c.function.name;
			el.querySelector('input').value = c.id;
			$('play-waiting').append(el);
		}
	}

	async function ask(messages)
	{
		const data = new FormData(form), started = performance.now();
		data.set('stream', '1');
		data.delete('images');
		const res = await fetch(form.action, { method: 'POST',
		    body: data, signal: running.signal, headers: { Accept:
		    'text/event-stream, application/json' } });
		const id = res.headers.get('x-tollgate-call');
		if (!res.ok) {
			show($('play-fault'), await complaint(res));
			return id;
		}
		const answer = new Answer(started);
		const timer = setInterval(tick, 100, started, answer);
		try {
			await read(res.body, answer);
		} catch (e) {
			show($('play-fault'), e.name === 'AbortError' ? '' :
			    e.message);
		} finally {
			clearInterval(timer);
		}
		tick(started, answer);
		const m = answer.message();
		if (m) {
			messages.push(m);
			field.value = JSON.stringify(messages);
			if (!running.signal.aborted)
				wait(m.tool_calls);
		} else
			answer.el.remove();
		return id;
	}

	async function send(messages)
	{
		let id;
		running = new AbortController();
		stop.hidden = false;
		$('play-send').disabled = true;
		show($('play-fault'), '');
		show(state, state.dataset.waiting);
		try {
			await take(messages);
			id = await ask(messages);
		} catch (e) {
			if (e.name !== 'AbortError')
				show($('play-fault'), e.message);
		}
		if (running.signal.aborted)
			show(state, state.dataset.stopped);
		else if (!$('play-fault').hidden)
			show(state, '');
		stop.hidden = true;
		$('play-send').disabled = false;
		user.focus();
		await facts(id);
	}

	form.addEventListener('submit', ev => {
		let messages;
		if (ev.submitter?.name === 'show')
			return;
		try {
			messages = JSON.parse(field.value.trim() || '[]');
		} catch {
			return; // the gateway says where it is wrong
		}
		ev.preventDefault();
		if ($('play-send').disabled)
			return;
		send(messages);
	});
	stop.addEventListener('click', () => running?.abort());
	user.addEventListener('keydown', ev => {
		if (ev.key === 'Enter' && (ev.ctrlKey || ev.metaKey))
			form.requestSubmit($('play-send'));
	});
	user.addEventListener('paste', ev => {
		const files = [...ev.clipboardData.files].filter(
		    f => f.type.startsWith('image/'));
		if (!files.length)
			return;
		const all = new DataTransfer();
		for (const f of [...images.files, ...files])
			all.items.add(f);
		images.files = all.files;
		ev.preventDefault();
	});
})();
