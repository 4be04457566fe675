import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { checkOptionNames } from '@api-key-fallback/core/adapter';
import type { Reply } from './model-reply.ts';
import { type ProviderRequest, readProviderRequest } from './provider-request.ts';
import { answerMissingKey, answerOk, assertPlayable, playStep, type ProviderStep } from './provider-step.ts';
import { sendAnswer, sendHalf } from './wire-answer.ts';

/** Options of {@link startProviderServer}. */
export interface ProviderServerOptions {
  /**
   * The script of each key, one step per request with that key. The last step repeats; an empty script always responds `ok`.
   * @default no scripts
   */
  readonly keys?: Readonly<Record<string, readonly ProviderStep[]>>;
  /** The step for keys without a script. @default 'invalid-key' */
  readonly otherwise?: ProviderStep;
  /** The model's text in responses to prompts. @default `You said: <the last user message>` */
  readonly reply?: Reply;
}

/** A recorded request with the response it got. */
export interface AnsweredRequest extends ProviderRequest {
  /** The step's name, the status of a literal response, or `missing-key`. */
  readonly answer: string | number;
}

/** A running provider server: its addresses, the recorded requests and the scripts. */
export interface ProviderServer {
  /** `http://127.0.0.1:<port>`; pass it to `new Anthropic({ baseURL })`, in the `httpOptions` of `new GoogleGenAI()`, or as `baseUrl` to `rapidApiFetch`. */
  readonly url: string;
  /** The address for `new OpenAI({ baseURL })`. */
  readonly openaiBaseURL: string;
  /** The address for `youtube({ rootUrl })`. */
  readonly youtubeRootUrl: string;
  /** All requests so far, in the order of their responses. */
  readonly requests: readonly AnsweredRequest[];
  /** Returns the number of requests with this key, or of all requests. */
  requestCount(key?: string): number;
  /** The number of open responses: the client is still waiting or reading. */
  readonly openCount: number;
  /**
   * Replaces the rest of a key's script, or adds the script of a new key.
   *
   * @throws TypeError for an invalid step.
   */
  script(key: string, steps: readonly ProviderStep[]): void;
  /** Closes the server and every connection, including hanging ones. Can be called twice. */
  close(): Promise<void>;
  /** Same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const optionNames = new Set(['keys', 'otherwise', 'reply']);

/**
 * Starts a server on a free loopback port that plays OpenAI, Anthropic, Gemini, YouTube and RapidAPI, with a script per key.
 *
 * The server records keys in plain text, so use made-up keys only. The process stays alive until `close()`.
 *
 * @throws TypeError for an invalid step; InvalidOptionsError for an unknown option.
 * @example
 * await using server = await startProviderServer({ keys: { 'key-1': ['rate-limited', 'ok'] } });
 * const client = new OpenAI({ apiKey: 'key-1', baseURL: server.openaiBaseURL, maxRetries: 0 });
 * await client.models.list().catch(() => {}); // 429
 * await client.models.list();
 * console.log(server.requestCount('key-1')); // 2
 */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  checkOptionNames('options', options, optionNames, "startProviderServer({ keys: { 'key-1': ['ok'] } })");
  const { keys = {}, otherwise = 'invalid-key', reply } = options;
  const scripts = new Map<string, ProviderStep[]>();
  const requests: AnsweredRequest[] = [];

  function script(key: string, steps: readonly ProviderStep[]): void {
    if (!Array.isArray(steps))
      throw new TypeError("The steps of a key must be a list: { 'key-1': ['rate-limited', 'ok'] }.");
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
      // The client disconnected while sending, or `reply` threw; the test author must see the latter.
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
