// One keyed fetch for OpenAI's client, the AI SDK, LangChain and plain code.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/keyed-fetch.ts
import { createOpenAI } from '@ai-sdk/openai';
import { createKeyedFetch } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText } from 'ai';
import OpenAI from 'openai';

const fetch = createKeyedFetch({ provider: 'openai', maxRetries: 2, delay: 500 });
// The clients require a key; the keyed fetch replaces it. Their retries are off, because two layers of retries multiply.
const apiKey = 'unused';
const model = 'gpt-4o-mini';
const prompt = 'Olá, como você está?';

const client = new OpenAI({ apiKey, fetch, maxRetries: 0 });
const stream = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: prompt }],
  stream: true,
});
process.stdout.write('OpenAI: ');
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');

const { text } = await generateText({ model: createOpenAI({ apiKey, fetch })(model), prompt, maxRetries: 0 });
console.log(`\nAI SDK: ${text}`);

const chat = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { fetch } });
console.log(`LangChain: ${(await chat.invoke(prompt)).text}`);

const models = await fetch(`${client.baseURL}/models`);
console.log(`Plain code: HTTP ${models.status}`);
