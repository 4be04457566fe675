import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  ApiKeyManager,
  createKeyedFetch,
  customProvider,
  registry,
  type KeyedFetch,
  type KeyedFetchOptions,
  type KeyManagerOptions,
  type KeyStatus,
} from '@api-key-fallback/core';
import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { FakeRuntime } from '../fake-runtime.ts';

/** Responds to one request after its body has been read. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Responds with JSON. */
export function answer(status: number, body: unknown = { status }, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export const ok: Answer = answer(200, { fine: true });

/** Closes the connection without a response. */
export const reset: Answer = (response) => void response.destroy();

/** Never responds. */
export const hang: Answer = () => {};

/** A response whose body ends when the test ends it. */
export function openStream(): { answer: Answer; response: Promise<ServerResponse> } {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  return {
    response: promise,
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      resolve(response);
    },
  };
}

interface SeenRequest {
  /** The value of the header that carries the key. */
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly socket: Socket;
}

export const provider = customProvider('keyed');
export const one = 'key-one-0000000001';
export const two = 'key-two-0000000002';

export interface KeyedServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The keys of all requests, in order. */
  readonly keys: readonly string[];
  readonly manager: ApiKeyManager;
  readonly runtime: FakeRuntime;
  readonly log: readonly string[];
  /** Creates the fetch under test, with 3 attempts per key and a delay of 100 ms. */
  keyedFetch(options?: Partial<KeyedFetchOptions>): KeyedFetch;
  key(secret: string): KeyStatus;
  /** Resolves when the server has received this number of requests. */
  seen(count: number): Promise<void>;
  /** Resolves when the connection of the last request is closed. */
  lastClosed(): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that responds to each key as scripted, repeating the last response, and a manager of these keys. */
export async function startKeyServer(
  script: Readonly<Record<string, readonly [Answer, ...Answer[]]>>,
  options: KeyManagerOptions & { readonly adapter?: Partial<ProviderAdapter>; readonly stepped?: boolean } = {},
): Promise<KeyedServer> {
  const { adapter = {}, stepped = false, ...managerOptions } = options;
  const requests: SeenRequest[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void receive(request, response);
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers, method = '', url = '', socket } = request;
    const key = headers['x-test-key']?.toString() ?? headers.authorization?.replace('Bearer ', '') ?? '';
    const done = counts.get(key) ?? 0;
    counts.set(key, done + 1);
    requests.push({ key, method, url, headers, body: Buffer.concat(chunks), socket });
    server.emit('seen');
    const answers = script[key] ?? [answer(418)];
    (answers[done] ?? answers.at(-1))?.(response, request);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const runtime = new FakeRuntime({ stepped });
  const log: string[] = [];
  const line = (text: string) => log.push(text);
  const manager = new ApiKeyManager(
    { name: provider, displayName: 'Keyed', env: 'KEYED_API_KEY', classifyError: () => undefined, ...adapter },
    Object.keys(script),
    {
      runtime,
      retryBudget: false,
      logLevel: 'debug',
      logger: { debug: line, info: line, warn: line, error: line },
      ...managerOptions,
    },
  );
  registry.unregister(manager.provider);
  registry.register(manager);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get keys() {
      return requests.map(({ key }) => key);
    },
    manager,
    runtime,
    log,
    keyedFetch: (fetchOptions = {}) => createKeyedFetch({ provider, delay: 100, ...fetchOptions }),
    key: (secret) => manager.status().keys[Object.keys(script).indexOf(secret)] as KeyStatus,
    seen: async (count) => {
      while (requests.length < count) await once(server, 'seen');
    },
    lastClosed: async () => {
      const socket = requests.at(-1)?.socket;
      return socket && !socket.destroyed ? once(socket, 'close') : undefined;
    },
    async [Symbol.asyncDispose]() {
      registry.unregister(provider);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
