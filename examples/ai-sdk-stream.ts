// A chat route of the AI SDK, as `useChat` in the browser calls it, whose keys fall over.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/ai-sdk-stream.ts
// Try: curl -N localhost:3000/chat --json '{"messages":[{"id":"1","role":"user","parts":[{"type":"text","text":"Olá"}]}]}'
import { createOpenAI } from '@ai-sdk/openai';
import { createKeyedFetch, firstChunk, registry } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import { serve } from '@hono/node-server';
import {
  convertToModelMessages,
  createUIMessageStreamResponse,
  safeValidateUIMessages,
  streamText,
  toUIMessageStream,
  type TextStreamPart,
  type ToolSet,
} from 'ai';
import { Hono } from 'hono';
import { refusalOf } from './chat/refusal-of.ts';

// Without a key, fail at startup rather than at the first request.
registry.get('openai');
// Throws when no key is left, in place of the provider's last answer, so that the route knows when to try again.
const fetch = createKeyedFetch({ provider: 'openai', maxRetries: 2, delay: 200, throwOnExhausted: true });
const openai = createOpenAI({ apiKey: 'unused', fetch });

/** Parts that come before the provider has said anything. */
const announcements: ReadonlySet<string> = new Set(['start', 'start-step', 'text-start', 'reasoning-start']);

/** An error is a part of the stream, not thrown by it. */
function isOutput(part: TextStreamPart<ToolSet>): boolean {
  if (part.type === 'error') throw part.error;
  return !announcements.has(part.type);
}

const app = new Hono();

app.post('/chat', async (context) => {
  const body: { messages?: unknown } | null = await context.req.json().catch(() => null);
  const checked = await safeValidateUIMessages({ messages: body?.messages });
  if (!checked.success) return context.json({ error: 'Send {"messages":[…]} as JSON.' }, 400);
  const { stream } = streamText({
    model: openai('gpt-4o-mini'),
    messages: await convertToModelMessages(checked.data),
    abortSignal: context.req.raw.signal,
    maxRetries: 0,
    // The default prints the error with the whole prompt.
    onError: () => {},
  });
  try {
    // Waits for the first output here, while the status can still be chosen.
    const begun = await firstChunk(stream, isOutput);
    // Later errors reach `useChat` as a part of the stream with this text.
    const parts = toUIMessageStream({ stream: begun, onError: () => 'The answer is incomplete.' });
    return createUIMessageStreamResponse({ stream: parts });
  } catch (error) {
    const refusal = refusalOf(error);
    return context.json(refusal.body, refusal.status, refusal.headers);
  }
});

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(`Listening on http://localhost:${port}`);
});
