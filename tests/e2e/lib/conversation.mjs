// A made-up but lifelike run of a coding agent: each turn sends everything
// again and one step more. The same every time.
function random(seed)
{
	let x = seed >>> 0;
	return n => {
		x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
		return Math.floor(x / 4294967296 * n);
	};
}

const WORDS = ('the file function returns an error when buffer is empty so we ' +
    'check length before writing and then call flush on stream again test ' +
    'passes but lint complains about line width struct pointer static const ' +
    'include header parse token request upstream answer key model cache')
    .split(' ');

// -> [{ request: Buffer, answer: Buffer }]
export function conversation(turns, seed = 7)
{
	const r = random(seed);
	const text = n => Array.from({ length: n },
	    () => WORDS[r(WORDS.length)]).join(' ');
	const tools = Array.from({ length: 20 }, (_, i) => ({ type: 'function',
	    function: { name: 'tool_' + i, description: text(60), parameters: {
	    type: 'object', properties: { path: { type: 'string', description:
	    text(12) }, text: { type: 'string', description: text(12) } } } } }));
	const messages = [{ role: 'system', content: text(1200) },
	    { role: 'user', content: text(60) }];
	const out = [];

	for (let i = 0; i < turns; i++) {
		const request = Buffer.from(JSON.stringify({ model: 'm',
		    messages, tools, temperature: 0.2, stream: false }));
		const call = { role: 'assistant', content: text(20 + r(40)),
		    tool_calls: [{ id: 'call_' + i, type: 'function', function:
		    { name: 'tool_' + r(20), arguments: JSON.stringify({ path:
		    'src/' + text(1) + '.c', text: text(10 + r(60)) }) } }] };
		const answer = Buffer.from(JSON.stringify({ id: 'chatcmpl-' + i,
		    object: 'chat.completion', created: 1700000000 + i,
		    model: 'm', choices: [{ index: 0, message: call,
		    finish_reason: 'tool_calls' }], usage: { prompt_tokens:
		    3000 + 150 * i, completion_tokens: 60, total_tokens:
		    3060 + 150 * i } }));
		out.push({ request, answer });
		messages.push(call, { role: 'tool', tool_call_id: 'call_' + i,
		    content: text(100 + r(200)) });
	}
	return out;
}
