// A LangChain agent with a tool, behind a route. Each of its requests falls over to the next key.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/langchain-agent.ts
// Try: curl localhost:3000/ask --json '{"question":"How many days are there from 2026-03-01 to 2026-12-24?"}'
import { createKeyedFetch, registry } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import { HumanMessage, SystemMessage, type BaseMessage } from '@langchain/core/messages';
import { DynamicStructuredTool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import fastify from 'fastify';
import { refusalOf } from './chat/refusal-of.ts';

// Without a key, fail at startup rather than at the first request.
registry.get('openai');
// Throws when no key is left, in place of the provider's last answer, so that the route knows when to try again.
const fetch = createKeyedFetch({ provider: 'openai', maxRetries: 2, delay: 200, throwOnExhausted: true });
const model = new ChatOpenAI({
  model: 'gpt-4o-mini',
  apiKey: 'unused',
  // LangChain retries 6 times by default, each time over all keys.
  maxRetries: 0,
  configuration: { fetch },
});

const daysBetween = new DynamicStructuredTool({
  name: 'days_between',
  description: 'The number of days from one date to another. Dates are YYYY-MM-DD.',
  schema: {
    type: 'object',
    properties: { from: { type: 'string' }, to: { type: 'string' } },
    required: ['from', 'to'],
  },
  func: async ({ from, to }) => String((Date.parse(to) - Date.parse(from)) / 86_400_000),
});

const agent = model.bindTools([daysBetween]);
const maxSteps = 5;

async function answer(question: string, signal: AbortSignal): Promise<string> {
  const messages: BaseMessage[] = [
    new SystemMessage('Answer in one sentence. Count days with the tool.'),
    new HumanMessage(question),
  ];
  for (let step = 0; step < maxSteps; step++) {
    const reply = await agent.invoke(messages, { signal });
    const calls = reply.tool_calls ?? [];
    if (calls.length === 0) return reply.text;
    messages.push(reply, ...(await Promise.all(calls.map((call) => daysBetween.invoke(call)))));
  }
  throw new Error(`The agent needs more than ${maxSteps} steps.`);
}

const app = fastify();
// Fastify answers 400 to any other body.
const body = { type: 'object', required: ['question'], properties: { question: { type: 'string', minLength: 1 } } };

app.post<{ Body: { question: string } }>('/ask', { schema: { body } }, async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  try {
    return { answer: await answer(request.body.question, gone.signal) };
  } catch (error) {
    const refusal = refusalOf(error);
    return reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
  }
});

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
