import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptionNames } from '@api-key-fallback/core/adapter';
import { register as defaultRegister, type Registry } from 'prom-client';
import { checkRegister } from './check-register.ts';

/** Options of {@link metricsHandler}. */
export interface MetricsHandlerOptions {
  /** The register whose metrics are answered. @default the default one of prom-client */
  readonly register?: Registry;
}

/** Answers scrapes. Made by {@link metricsHandler}. */
export interface MetricsHandler {
  /** For everything that has a `Request` and expects a `Response`, such as Hono. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For node:http and all that builds on it, such as Express and Fastify. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes a handler that answers GET and HEAD with all metrics of a register, at any path. It asks for no password: mount it where only
 * Prometheus comes, or behind a check of your own. Its answer to a failed collection, 500, says no more; `register.metrics()` rejects
 * with the error.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const metrics = metricsHandler();
 * createServer(metrics.node).listen(9464);
 * express().get('/metrics', metrics.node);
 * fastify().get('/metrics', (request, reply) => metrics.node(request.raw, reply.hijack().raw));
 * new Hono().get('/metrics', (context) => metrics.fetch(context.req.raw));
 */
export function metricsHandler(options: MetricsHandlerOptions = {}): MetricsHandler {
  checkOptionNames('options', options, new Set(['register']), '{ register }');
  const { register = defaultRegister } = options;
  checkRegister(register);
  return {
    async fetch({ method }) {
      const { status, headers, body } = await answer(register, method);
      return new Response(method === 'HEAD' ? null : body, { status, headers });
    },
    async node({ method }, response) {
      const { status, headers, body } = await answer(register, method);
      // Node sends no body after HEAD.
      response.writeHead(status, headers).end(body);
    },
  };
}

async function answer(register: Registry, method: string | undefined): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return plainAnswer(405, 'Use GET.\n', { allow: 'GET, HEAD' });
  try {
    const body = await register.metrics();
    return { status: 200, headers: { 'content-type': register.contentType }, body };
  } catch {
    return plainAnswer(500, 'The metrics could not be collected.\n');
  }
}

function plainAnswer(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
