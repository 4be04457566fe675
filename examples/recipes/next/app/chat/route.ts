import { Readable } from 'node:stream';
import { AllKeysFailedError, firstChunk } from '@api-key-fallback/core';
import { service } from '../../chat-service';

/** Streams an answer. Until its first text, all keys are tried, and the status can still be chosen. */
export async function POST(request: Request): Promise<Response> {
  try {
    const text = await firstChunk(service.chat(await request.text(), request.signal));
    const bytes = Readable.toWeb(Readable.from(text, { objectMode: false })) as ReadableStream<Uint8Array>;
    return new Response(bytes, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  } catch (error) {
    if (!AllKeysFailedError.isInstance(error)) throw error;
    const { reason, retryAfterMs } = error;
    const headers = new Headers();
    if (retryAfterMs !== undefined) headers.set('retry-after', `${Math.ceil(retryAfterMs / 1000)}`);
    return new Response(reason, { status: 503, headers });
  }
}
