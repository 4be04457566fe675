/** A request that can be sent once per attempt, if its body allows it. */
export class ReplayableRequest {
  readonly url: string;
  readonly redirect: Request['redirect'];
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** Whether the body can be sent more than once. A stream cannot, and the body of a `Request` is a stream. */
  readonly isRepeatable: boolean;
  readonly #input: string | URL | Request;
  readonly #init: RequestInit;
  readonly #method: string;
  readonly #headers: Headers;
  #wasSent = false;

  constructor(input: string | URL | Request, init: RequestInit = {}) {
    const inputRequest = input instanceof Request ? input : undefined;
    const { body = inputRequest?.body, signal = inputRequest?.signal } = init;
    const { url, method, headers, redirect } = new Request(inputRequest?.url ?? input, {
      method: init.method ?? inputRequest?.method ?? 'GET',
      headers: init.headers ?? inputRequest?.headers ?? {},
      redirect: init.redirect ?? inputRequest?.redirect ?? 'follow',
    });
    this.url = url;
    this.redirect = redirect;
    this.signal = signal ?? undefined;
    this.isRepeatable = typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body);
    this.#input = input;
    this.#init = init;
    this.#method = method;
    this.#headers = headers;
  }

  get canBeSent(): boolean {
    return this.isRepeatable || !this.#wasSent;
  }

  /** Whether a redirect may be followed: the caller allows it, and the request has no body. */
  get mayFollow(): boolean {
    return this.redirect === 'follow' && ['GET', 'HEAD'].includes(this.#method);
  }

  /** Returns the arguments of one `fetch`. Its redirects are manual, because a redirect can send the key to another origin. */
  make(
    attemptSignal: AbortSignal,
    authorize: (request: Request) => Request,
    url: string = this.url,
  ): Parameters<typeof globalThis.fetch> {
    this.#wasSent = true;
    const authorized = authorize(new Request(url, { method: this.#method, headers: this.#headers }));
    // The attempt stops following the caller's signal when the response begins, but its body must stay abortable.
    const signal =
      this.signal && this.signal !== attemptSignal ? AbortSignal.any([this.signal, attemptSignal]) : attemptSignal;
    const init: RequestInit = { ...this.#init, headers: authorized.headers, redirect: 'manual', signal };
    // URL and init instead of a `Request`: a `fetch` of another library does not accept Node's `Request`.
    if (!(this.#input instanceof Request)) return [authorized.url, init];
    const isSameUrl = this.#input.url === authorized.url;
    return [isSameUrl ? this.#input : new Request(authorized.url, this.#input), init];
  }
}
