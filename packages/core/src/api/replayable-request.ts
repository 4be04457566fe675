/** A request that is made anew for every attempt, as long as its body allows. */
export class ReplayableRequest {
  readonly url: string;
  readonly redirect: Request['redirect'];
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** Whether the body can be sent more than once: a stream, and so the body of a `Request`, cannot. */
  readonly isRepeatable: boolean;
  readonly #input: string | URL | Request;
  readonly #init: RequestInit;
  readonly #method: string;
  readonly #headers: Headers;
  #wasMade = false;

  constructor(input: string | URL | Request, init: RequestInit = {}) {
    const given = input instanceof Request ? input : undefined;
    const { body = given?.body, signal = given?.signal } = init;
    const { url, method, headers, redirect } = new Request(given?.url ?? input, {
      method: init.method ?? given?.method ?? 'GET',
      headers: init.headers ?? given?.headers ?? {},
      redirect: init.redirect ?? given?.redirect ?? 'follow',
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
    return this.isRepeatable || !this.#wasMade;
  }

  /** Whether a redirect may be followed: the caller wants it, and no body has to be sent again. */
  get mayFollow(): boolean {
    return this.redirect === 'follow' && ['GET', 'HEAD'].includes(this.#method);
  }

  /** The arguments of one `fetch`, which follows no redirect by itself: it could take the key to another origin. */
  make(
    attemptSignal: AbortSignal,
    authorize: (request: Request) => Request,
    url: string = this.url,
  ): Parameters<typeof globalThis.fetch> {
    this.#wasMade = true;
    const authorized = authorize(new Request(url, { method: this.#method, headers: this.#headers }));
    // The attempt lets go of the caller's signal when the answer begins, but its body may still be aborted.
    const signal =
      this.signal && this.signal !== attemptSignal ? AbortSignal.any([this.signal, attemptSignal]) : attemptSignal;
    const init: RequestInit = { ...this.#init, headers: authorized.headers, redirect: 'manual', signal };
    // Two plain arguments: a `fetch` of another library knows no `Request` of ours.
    if (!(this.#input instanceof Request)) return [authorized.url, init];
    const isSameUrl = this.#input.url === authorized.url;
    return [isSameUrl ? this.#input : new Request(authorized.url, this.#input), init];
  }
}
