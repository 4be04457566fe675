/** A request that can be made anew for every attempt, as long as its body allows. */
export class ReplayableRequest {
  readonly #input: string | URL | Request;
  readonly #init: RequestInit;
  /** A request whose body can be sent only once. */
  readonly #single: Request | undefined;

  constructor(input: string | URL | Request, init: RequestInit = {}) {
    this.#input = input;
    // A redirect could take the key to another origin.
    this.#init = { ...init, redirect: init.redirect === 'error' ? 'error' : 'manual' };
    const body = init.body ?? (input instanceof Request ? input.body : undefined);
    const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
    this.#single = isStream ? new Request(input, this.#init) : undefined;
  }

  /** The caller's signal. */
  get signal(): AbortSignal | undefined {
    return this.#init.signal ?? (this.#input instanceof Request ? this.#input.signal : undefined);
  }

  /** Whether the whole body can still be sent. */
  get canBeSent(): boolean {
    return !this.#single?.bodyUsed;
  }

  /** Makes the request of one attempt, to another URL of the same origin where one is given. */
  make(signal: AbortSignal, url?: URL): Request {
    if (this.#single) return new Request(this.#single, { signal });
    const request = new Request(this.#input, { ...this.#init, signal });
    return url ? new Request(url, request) : request;
  }
}
