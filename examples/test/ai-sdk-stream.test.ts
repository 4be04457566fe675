import { DefaultChatTransport, type UIMessage, type UIMessageChunk } from 'ai';
import { expect, it } from 'vitest';
import { aiSdkRoute, eventsUntilText } from './chat-routes.ts';
import { firstKey, secondKey, useService } from './use-service.ts';

const keys = [firstKey, secondKey];
const service = useService(aiSdkRoute.file);

/** Asks as `useChat` does. */
function send(): Promise<ReadableStream<UIMessageChunk>> {
  const transport = new DefaultChatTransport<UIMessage>({ api: `${service.url}/chat` });
  const messages: UIMessage[] = [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'Bom dia' }] }];
  return transport.sendMessages({
    trigger: 'submit-message',
    chatId: '1',
    messageId: undefined,
    messages,
    abortSignal: undefined,
  });
}

async function readAll(stream: ReadableStream<UIMessageChunk>): Promise<UIMessageChunk[]> {
  const chunks: UIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

it('ai-sdk-stream: the transport of useChat reads the answer of the second key', async () => {
  service.provider.script(firstKey, ['invalid-key']);
  const chunks = await readAll(await send());
  const texts = chunks.flatMap((chunk) => (chunk.type === 'text-delta' ? [chunk.delta] : []));
  expect(texts.join('')).toBe('You said: Bom dia');
  expect(service.provider.requests.map(({ key }) => key)).toEqual(keys);
});

const failed = {
  type: 'error',
  code: 'server_error',
  message: 'The model is on fire',
  param: null,
  sequence_number: 9,
};
const failedEvent = `data: ${JSON.stringify(failed)}\n\n`;

it('ai-sdk-stream: the transport reads an error of the provider in the middle of the text, without its message', async () => {
  const chunks = [...(await eventsUntilText(service.provider, aiSdkRoute)), failedEvent, 'data: [DONE]\n\n'];
  service.provider.script(secondKey, [{ chunks }]);
  const read = await readAll(await send());
  expect(read).toContainEqual(expect.objectContaining({ type: 'text-delta', delta: 'You ' }));
  expect(read).toContainEqual({ type: 'error', errorText: 'The answer is incomplete.' });
  expect(JSON.stringify(read)).not.toContain(failed.message);
});

it('ai-sdk-stream: answers 502 when the stream begins with an error, and shows nothing of it', async () => {
  service.provider.script(secondKey, [{ chunks: [failedEvent] }]);
  await expect(send()).rejects.toThrow('{"error":"The provider did not answer this prompt."}');
});

it('ai-sdk-stream: the transport rejects when no key is left, without a second walk over the keys', async () => {
  service.provider.script(secondKey, ['quota-exhausted']);
  const before = service.provider.requestCount();
  await expect(send()).rejects.toThrow('{"error":"mixed"}');
  expect(service.provider.requestCount()).toBe(before + 1);
});
