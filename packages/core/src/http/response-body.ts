import type { Timers } from '../base/abortable.ts';
import { webStreamOf } from './web-stream-of.ts';

/** Gives up a response whose body has not been read, so that its connection is closed. */
export function cancelBody({ body }: Response): void {
  // A `fetch` for tests may return an object with a text.
  if (typeof body !== 'object' || body === null) return;
  // A body that is being read belongs to its reader, which rejects this.
  if ('cancel' in body) body.cancel().catch(() => {});
  else (body as { destroy?: () => void }).destroy?.();
}

const copied = ['status', 'statusText', 'url', 'redirected', 'type'] as const;

/** Returns the same response with another body. */
export function withBody(response: Response, body: ReadableStream): Response {
  // `Response` refuses statuses above 599, which some servers send.
  const copy = new Response(body, { status: Math.min(response.status, 599), headers: response.headers });
  for (const name of copied) Object.defineProperty(copy, name, { value: response[name] });
  const clone = () => withBody(response, Response.prototype.clone.call(copy).body ?? body);
  Object.defineProperty(copy, 'clone', { value: clone });
  return copy;
}

/** The statuses with which `Response` refuses a body. Some libraries have one anyway. */
export const statusesWithoutBody: readonly number[] = [101, 204, 205, 304];

/** Returns the response with a body that fails with a `TimeoutError`, and closes its connection, unless it ends within `ms`. */
export function limitBody(timers: Timers, response: Response, ms: number): Response {
  const { body, bodyUsed, status } = response;
  if (!body || bodyUsed || statusesWithoutBody.includes(status)) return response;
  const reader = webStreamOf(body).getReader();
  let stopTimer: () => void;
  const limited = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const onTimeout = () => {
          const error = new DOMException(`The body took longer than ${ms} ms.`, 'TimeoutError');
          controller.error(error);
          reader.cancel(error).catch(() => {});
        };
        stopTimer = timers.timer(ms, onTimeout, true);
      },
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          stopTimer();
          throw error;
        });
        if (!done) return controller.enqueue(value);
        stopTimer();
        controller.close();
      },
      cancel(reason) {
        stopTimer();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return withBody(response, limited);
}
