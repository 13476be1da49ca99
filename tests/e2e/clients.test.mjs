// Real clients through lighttpd: the OpenAI SDK, LangChain, the AI SDK.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateText, streamText } from 'ai';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { serve } from './lib/servers.mjs';

const up = new Fake();
let gw, web, base, openai;

const messages = [{ role: 'user', content: 'hello' }];
const toolCall = {
	raw: [
		{ index: 0, delta: { role: 'assistant', content: null,
		    tool_calls: [{ index: 0, id: 'call_1', type: 'function',
		    function: { name: 'weather', arguments: '' } }] },
		    finish_reason: null },
		{ index: 0, delta: { tool_calls: [{ index: 0, function: {
		    arguments: '{"city":' } }] }, finish_reason: null },
		{ index: 0, delta: { tool_calls: [{ index: 0, function: {
		    arguments: '"Graz"}' } }] }, finish_reason: null },
		{ index: 0, delta: {}, finish_reason: 'tool_calls' },
	].map(c => 'data: ' + JSON.stringify({ id: 'x', object:
	    'chat.completion.chunk', created: 1, model: 'q', choices: [c] }) +
	    '\n\n').concat('data: [DONE]\n\n'),
};

before(async () => {
	await up.listen();
	const conf = { 'provider:fake': upstream(up) };
	const names = { m: {}, tools: toolCall, cut: { words: 8, cut_after: 3,
	    gap_ms: 20 } };
	for (const s of [400, 401, 403, 404, 429, 500, 503])
		names['status-' + s] = { status: s };
	for (const [name, script] of Object.entries(names)) {
		up.script('up-' + name, script);
		conf['model:' + name] = { provider: 'fake', upstream_model:
		    'up-' + name };
	}
	gw = await Gateway.make({ name: 'clients', conf });
	web = await serve({ kind: 'lighttpd-external', gw });
	base = web.base + '/v1';
	openai = new OpenAI({ baseURL: base, apiKey: gw.key });
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

const calls = name => up.books.filter(b => b.json?.model === 'up-' + name)
    .length;

describe('openai', () => {
	test('chat', async () => {
		const r = await openai.chat.completions.create({ model: 'm',
		    messages });
		assert.equal(r.model, 'm');
		assert.match(r.choices[0].message.content, /^w00000/);
		assert.equal(r.usage.total_tokens, 12);
		assert.ok(r._request_id);
	});

	test('stream, with and without usage', async () => {
		for (const include_usage of [true, false]) {
			const s = await openai.chat.completions.create({
			    model: 'm', messages, stream: true,
			    stream_options: { include_usage } });
			let text = '', usage = null, empty = 0;
			for await (const c of s) {
				text += c.choices[0]?.delta?.content ?? '';
				usage = c.usage ?? usage;
				empty += c.choices.length === 0;
			}
			assert.equal(text, 'w00000 w00001 w00002 w00003 ' +
			    'w00004 ');
			assert.equal(usage?.total_tokens, include_usage ? 12 :
			    undefined);
			assert.equal(empty, include_usage ? 1 : 0);
		}
	});

	test('tool calls in a stream', async () => {
		const r = await openai.chat.completions.stream({
		    model: 'tools', messages }).finalChatCompletion();
		const [c] = r.choices[0].message.tool_calls;
		assert.equal(c.function.name, 'weather');
		assert.deepEqual(JSON.parse(c.function.arguments),
		    { city: 'Graz' });
	});

	test('a stream that breaks throws', async () => {
		const s = await openai.chat.completions.create({ model: 'cut',
		    messages, stream: true });
		let text = '';
		await assert.rejects(async () => {
			for await (const c of s)
				text += c.choices[0]?.delta?.content ?? '';
		}, OpenAI.APIError);
		assert.equal(text, 'w00000 w00001 w00002 ');
	});

	test('leaving a stream early', async () => {
		const s = await openai.chat.completions.create({ model: 'echo',
		    messages, stream: true, echo: { words: 200, chunk_ms: 20 }
		    });
		for await (const c of s)
			if (c.choices[0]?.delta?.content)
				break;
	});

	test('completions, embeddings, models', async () => {
		const c = await openai.completions.create({ model: 'm',
		    prompt: 'x' });
		assert.match(c.choices[0].text, /^w00000/);
		const e = await openai.embeddings.create({ model: 'm',
		    input: ['a', 'b'] });
		assert.deepEqual(e.data[1].embedding, [0.5, -0.25, 1, 0.125]);
		const ids = [];
		for await (const m of openai.models.list())
			ids.push(m.id);
		assert.ok(ids.includes('m') && ids.includes('echo'));
		const m = await openai.models.retrieve('m');
		assert.equal(m.id, 'm');
	});

	const errors = { 400: [1, 'BadRequestError'], 401: [1,
	    'AuthenticationError'], 403: [1, 'PermissionDeniedError'],
	    404: [1, 'NotFoundError'], 429: [3, 'RateLimitError'],
	    500: [3, 'InternalServerError'], 503: [3, 'InternalServerError'] };
	for (const [status, [tries, name]] of Object.entries(errors))
		test(`upstream ${status}: ${name} after ${tries}`, async () => {
			const n = calls('status-' + status);
			await assert.rejects(openai.chat.completions.create({
			    model: 'status-' + status, messages }), e => {
				assert.equal(e.constructor.name, name);
				assert.equal(e.status, Number(status));
				assert.match(e.message, /fake upstream says/);
				assert.ok(e.requestID);
				return true;
			});
			assert.equal(calls('status-' + status) - n, tries);
		});

	test('a wrong key and an unknown model: one try', async () => {
		const bad = new OpenAI({ baseURL: base,
		    apiKey: 'sk-wrong-00000000000000' });
		await assert.rejects(bad.chat.completions.create({ model: 'm',
		    messages }), OpenAI.AuthenticationError);
		await assert.rejects(openai.chat.completions.create({
		    model: 'no-such', messages }), e => {
			assert.equal(e.status, 400);
			assert.match(e.message, /no-such/);
			return true;
		});
	});

	test('a base URL without /v1', async () => {
		const o = new OpenAI({ baseURL: web.base, apiKey: gw.key });
		const r = await o.chat.completions.create({ model: 'm',
		    messages });
		assert.equal(r.model, 'm');
	});
});

describe('LangChain', () => {
	const llm = opt => new ChatOpenAI({ apiKey: gw.key, model: 'm',
	    configuration: { baseURL: base }, ...opt });

	test('invoke and stream, with usage', async () => {
		const r = await llm().invoke('hello');
		assert.match(r.content, /^w00000/);
		assert.equal(r.usage_metadata.total_tokens, 12);
		let text = '', usage;
		for await (const c of await llm().stream('hello')) {
			text += c.content;
			usage = c.usage_metadata ?? usage;
		}
		assert.equal(text, 'w00000 w00001 w00002 w00003 w00004 ');
		assert.equal(usage.total_tokens, 12);
	});

	test('tools', async () => {
		const t = { type: 'function', function: { name: 'weather',
		    description: 'w', parameters: { type: 'object',
		    properties: { city: { type: 'string' } } } } };
		let all;
		for await (const c of await llm({ model: 'tools' })
		    .bindTools([t]).stream('hello'))
			all = all ? all.concat(c) : c;
		assert.equal(all.tool_calls[0].name, 'weather');
		assert.deepEqual(all.tool_calls[0].args, { city: 'Graz' });
	});

	test('embeddings', async () => {
		const e = new OpenAIEmbeddings({ apiKey: gw.key, model: 'm',
		    configuration: { baseURL: base } });
		assert.deepEqual(await e.embedQuery('a'),
		    [0.5, -0.25, 1, 0.125]);
	});

	test('errors', async () => {
		await assert.rejects(llm({ model: 'status-400', maxRetries: 0 })
		    .invoke('hello'), /fake upstream says/);
	});
});

describe('AI SDK', () => {
	const provider = () => createOpenAICompatible({ name: 'tollgate',
	    baseURL: base, apiKey: gw.key, includeUsage: true });

	test('generateText', async () => {
		const r = await generateText({ model: provider()('m'),
		    prompt: 'hello' });
		assert.match(r.text, /^w00000/);
		assert.equal(r.usage.totalTokens, 12);
	});

	test('streamText', async () => {
		const r = streamText({ model: provider()('m'),
		    prompt: 'hello' });
		let text = '';
		for await (const t of r.textStream)
			text += t;
		assert.equal(text, 'w00000 w00001 w00002 w00003 w00004 ');
		assert.equal((await r.usage).totalTokens, 12);
		assert.equal(await r.finishReason, 'stop');
	});

	test('embed', async () => {
		const r = await embed({ model: provider().textEmbeddingModel(
		    'm'), value: 'a' });
		assert.deepEqual(r.embedding, [0.5, -0.25, 1, 0.125]);
	});

	test('errors: retried or not, with the message', async () => {
		const n = calls('status-400');
		await assert.rejects(generateText({ model: provider()(
		    'status-400'), prompt: 'x' }), /fake upstream says/);
		assert.equal(calls('status-400') - n, 1);
		const k = calls('status-503');
		await assert.rejects(generateText({ model: provider()(
		    'status-503'), prompt: 'x', maxRetries: 1 }));
		assert.equal(calls('status-503') - k, 2);
	});

	test('a stream that breaks is an error', async () => {
		let failed = null;
		const r = streamText({ model: provider()('cut'),
		    prompt: 'x', maxRetries: 0, onError: e => {
			failed = e.error;
		    } });
		try {
			for await (const p of r.fullStream)
				if (p.type === 'error')
					failed = p.error;
		} catch (e) {
			failed = e;
		}
		assert.ok(failed, 'it ended as if complete');
	});
});
