import type { ProviderServer } from '@api-key-fallback/testing';

/** An example with a route that streams a chat. */
export interface ChatRoute {
  readonly file: string;
  /** The path of the provider that it calls. */
  readonly path: string;
  /** The body of a request with this prompt. */
  request(prompt: string): object;
  /** The text of an answer's body. */
  textOf(body: string): string;
}

const plainText = {
  path: '/chat/completions',
  request: (prompt: string) => ({ prompt }),
  textOf: (body: string) => body,
};

/** Routes that answer with plain text, so only the connection can say that it is incomplete. */
export const plainRoutes: readonly ChatRoute[] = [
  { ...plainText, file: 'stream-to-browser.ts' },
  { ...plainText, file: 'fastify-stream.ts' },
  { ...plainText, file: 'express-stream.ts' },
  { ...plainText, file: 'hono-stream.ts' },
];

/** Answers with the messages of the AI SDK, which can say that the text is incomplete. */
export const aiSdkRoute: ChatRoute = {
  file: 'ai-sdk-stream.ts',
  path: '/responses',
  request: (prompt) => ({ messages: [{ id: '1', role: 'user', parts: [{ type: 'text', text: prompt }] }] }),
  textOf: (body) =>
    [...body.matchAll(/^data: (\{.*"type":"text-delta".*\})$/gm)]
      .map(([, part = '']) => (JSON.parse(part) as { delta: string }).delta)
      .join(''),
};

/** The events of an answer of the provider, up to the first text, which is `You `. */
export async function eventsUntilText(provider: ProviderServer, { path }: ChatRoute): Promise<string[]> {
  const prompt = { messages: [{ role: 'user', content: 'Bom dia' }], input: 'Bom dia' };
  const answer = await fetch(`${provider.openaiBaseURL}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-example-other-0001', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream: true, ...prompt }),
  });
  const events = (await answer.text()).split(/(?<=\n\n)/);
  return events.slice(0, events.findIndex((event) => event.includes('"You')) + 1);
}
