import { abortable } from '../base/abortable.ts';
import { BufferedBody, nodeStreamOf } from './buffered-body.ts';

// What `fetch` reads from its second argument as well as from a `Request`.
const requestFields = ['cache', 'credentials', 'integrity', 'keepalive', 'mode', 'referrer', 'referrerPolicy'] as const;

type Fetch = typeof globalThis.fetch;

/** A request that can be sent once per attempt, if its body allows it. */
export class ReplayableRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly redirect: Request['redirect'];
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  readonly #request: Request | undefined;
  readonly #init: RequestInit;
  readonly #method: string;
  /** The body of a `Request`, which is a stream. */
  readonly #streamed: BufferedBody | undefined;
  #isRepeatable: boolean;
  #wasSent = false;

  /** @throws TypeError for what `fetch` rejects, such as an invalid URL or a body that was read. */
  constructor(input: string | URL | Request, init: RequestInit & { readonly fallback?: unknown }) {
    const request = isRequest(input) ? input : undefined;
    const { signal = request?.signal } = init;
    const { url, method, headers, redirect } = new Request(isRequest(input) ? input.url : input, {
      method: init.method ?? request?.method ?? 'GET',
      headers: init.headers ?? request?.headers ?? {},
      redirect: init.redirect ?? request?.redirect ?? 'follow',
    });
    this.url = url;
    this.redirect = redirect;
    this.signal = signal ?? undefined;
    this.#request = request;
    // `fallback` has the options of the keyed fetch.
    const { fallback: _fallback, ...own } = init;
    this.#init = request ? { ...fieldsOf(request), ...own, method } : own;
    this.#method = method;
    this.headers = headers;
    this.#streamed = init.body == null && request?.body ? bufferedBodyOf(request) : undefined;
    this.#isRepeatable = !this.#streamed && !isStream(init.body);
  }

  /** Whether the request is a `Request` with a body, which `buffer()` reads. */
  get hasUnreadBody(): boolean {
    return this.#streamed !== undefined;
  }

  /** Whether the body can be sent more than once. A stream cannot. */
  get isRepeatable(): boolean {
    return this.#isRepeatable;
  }

  get canBeSent(): boolean {
    return this.#isRepeatable || !this.#wasSent;
  }

  /** Whether a redirect may be followed: the caller allows it, and the request has no body. */
  get mayFollow(): boolean {
    return this.redirect === 'follow' && ['GET', 'HEAD'].includes(this.#method);
  }

  /**
   * Reads the body of a `Request`, which makes the request repeatable if the body has at most `maxBytes`. Sends a larger one as a
   * stream. Must be called before the request is sent.
   */
  async buffer(maxBytes: number, signal: AbortSignal | undefined): Promise<void> {
    const body = this.#streamed;
    if (!body) return;
    try {
      await abortable(abortable(body.readUpTo(maxBytes), this.signal), signal);
    } catch (error) {
      body.cancel(error);
      throw error;
    }
    this.#isRepeatable = body.isComplete;
    // Every `fetch` sends a stream of Node; node-fetch sends no web stream.
    const sent = body.isComplete ? { body: body.bytes } : { body: nodeStreamOf(body.stream()), duplex: 'half' };
    Object.assign(this.#init, sent);
  }

  /** Returns the arguments of one `fetch`. Its redirects are manual, because a redirect can send the key to another origin. */
  make(
    attemptSignal: AbortSignal,
    authorize: (request: Request) => Request,
    url: string,
    send: Fetch,
  ): Parameters<Fetch> {
    this.#wasSent = true;
    const authorized = authorize(new Request(url, { method: this.#method, headers: this.headers }));
    // The attempt stops following the caller's signal when the response begins, but its body must stay abortable.
    const signal =
      this.signal && this.signal !== attemptSignal ? AbortSignal.any([this.signal, attemptSignal]) : attemptSignal;
    // Only the global `fetch` accepts the global `Request`. It is passed on, because it can have a dispatcher.
    const isAccepted = send === globalThis.fetch && this.#request instanceof Request;
    const target = isAccepted && this.#request.url === authorized.url ? this.#request : authorized.url;
    return [target, { ...this.#init, headers: authorized.headers, redirect: 'manual', signal }];
  }
}

/** Recognises also the `Request` of another library or realm. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input && 'method' in input;
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || 'pipe' in body);
}

function bufferedBodyOf(request: Request): BufferedBody {
  if (request.bodyUsed) throw new TypeError('The body of the Request has already been read.');
  return new BufferedBody(request.body as ReadableStream);
}

function fieldsOf(request: Request): RequestInit {
  const fields = requestFields.map((name) => [name, request[name]]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
