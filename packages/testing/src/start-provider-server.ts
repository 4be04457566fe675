import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Reply } from './openai-endpoints.ts';
import { type ProviderRequest, readProviderRequest } from './provider-request.ts';
import { answerMissingKey, answerOk, assertPlayable, playStep, type ProviderStep } from './provider-step.ts';
import { sendAnswer, sendHalf } from './wire-answer.ts';

/** What a provider server answers. */
export interface ProviderServerOptions {
  /**
   * The script of each key: one step for each request with that key. When a script is used up, its last step repeats;
   * a key with an empty script is always answered `ok`.
   */
  readonly keys?: Readonly<Record<string, readonly ProviderStep[]>>;
  /** What keys without a script get. @default 'invalid-key' */
  readonly otherwise?: ProviderStep;
  /** The assistant's text in chat completions and responses. @default `You said: <the last user message>` */
  readonly reply?: Reply;
}

/** A request and what the server did with it. */
export interface AnsweredRequest extends ProviderRequest {
  /** The step's name, the status of a literal answer, or `missing-key`. */
  readonly answer: string | number;
}

/** A running provider server: its addresses, the requests so far, and its scripts. */
export interface ProviderServer {
  /** `http://127.0.0.1:<port>`, also the base of RapidAPI calls. */
  readonly url: string;
  /** For `new OpenAI({ baseURL })`. */
  readonly openaiBaseURL: string;
  /** For `youtube({ rootUrl })`. */
  readonly youtubeRootUrl: string;
  /** Every request so far, in the order in which the server answered. */
  readonly requests: readonly AnsweredRequest[];
  /** How many requests came with this key, or in all. */
  requestCount(key?: string): number;
  /** How many answers are not over: the client still waits or reads. */
  readonly openCount: number;
  /** Replaces what is left of a key's script; the key may be new. */
  script(key: string, steps: readonly ProviderStep[]): void;
  /** Ends every connection, also the hanging ones. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a server on a free loopback port that plays OpenAI, YouTube and RapidAPI, answering each key by its script.
 *
 * It remembers the keys it sees in plain text: give it made-up ones only. A step that does not exist is a `TypeError`,
 * here and in `script()`. The process stays alive until `close()`.
 *
 * @example
 * const server = await startProviderServer({ keys: { 'key-1': ['rate-limited', 'ok'] } });
 * const client = new OpenAI({ apiKey: 'key-1', baseURL: server.openaiBaseURL, maxRetries: 0 });
 */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  const { keys = {}, otherwise = 'invalid-key', reply } = options;
  const scripts = new Map<string, ProviderStep[]>();
  const requests: AnsweredRequest[] = [];

  function script(key: string, steps: readonly ProviderStep[]): void {
    for (const step of steps) assertPlayable(step);
    scripts.set(key, [...steps]);
  }

  function nextStep(key: string): ProviderStep {
    const steps = scripts.get(key);
    if (!steps) return otherwise;
    const step = steps.length > 1 ? steps.shift() : steps[0];
    return step ?? 'ok';
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readProviderRequest(incoming);
    if (request.key === undefined) {
      requests.push({ ...request, answer: 'missing-key' });
      return sendAnswer(response, answerMissingKey(request));
    }
    const step = nextStep(request.key);
    requests.push({ ...request, answer: nameOf(step) });
    const played = playStep(step, request, reply);
    if (played === 'hang') return;
    if (played === 'reset') return void response.destroy();
    if (played === 'reset-mid-body') return sendHalf(response, answerOk(request, reply));
    sendAnswer(response, played);
  }

  assertPlayable(otherwise);
  for (const [key, steps] of Object.entries(keys)) script(key, steps);

  let openCount = 0;
  const server = createServer((incoming, response) => {
    openCount += 1;
    response.once('close', () => (openCount -= 1));
    handle(incoming, response).catch((error: unknown) => {
      // Either the client gave up while sending, or `reply` threw, which its author must see.
      if (response.destroyed) return;
      sendAnswer(response, { status: 500, headers: { 'content-type': 'text/plain' }, chunks: [String(error)] });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server);

  async function close(): Promise<void> {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    url,
    openaiBaseURL: `${url}/v1`,
    youtubeRootUrl: `${url}/`,
    requests,
    requestCount: (key) => requests.filter((request) => key === undefined || request.key === key).length,
    get openCount() {
      return openCount;
    },
    script,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function nameOf(step: ProviderStep): string | number {
  if (typeof step !== 'object') return step;
  return 'chunks' in step ? 200 : step.status;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test server has no port.');
  return `http://${address.address}:${address.port}`;
}
