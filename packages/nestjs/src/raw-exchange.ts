import type { IncomingMessage, ServerResponse } from 'node:http';

/** The request and the response of Express or Fastify. */
type Wrapped<T> = T | { readonly raw: T };
type FastifyReply = { readonly raw: ServerResponse; hijack(): unknown };

/** Lets a handler of node:http answer a request, behind Express and Fastify. */
export function answerRaw(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  request: Wrapped<IncomingMessage>,
  response: ServerResponse | FastifyReply,
): void {
  // Not awaited: a stream of events ends with the visit, and an interceptor that limits the time would end it before.
  if (!('hijack' in response)) return void handler(request as IncomingMessage, response);
  response.hijack();
  void handler('raw' in request ? request.raw : request, response.raw);
}
