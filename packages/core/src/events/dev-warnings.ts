import { subscribe } from 'node:diagnostics_channel';
import { findAttempt } from '../base/attempt.ts';

const warned = new Set<string>();
// A program can make functions, and so sites, without end.
const mostWarnings = 1000;
const graceMs = 1000;

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

/** Warns of a mistake in the code that calls us, once per call site, up to 1,000 times, and never in production. */
export function warnOnce(code: string, site: string, text: string): void {
  const id = `${code} ${site}`;
  if (isProduction() || warned.has(id) || warned.size >= mostWarnings) return;
  warned.add(id);
  process.emitWarning(`${site}: ${text}`, { type: 'ApiKeyFallbackWarning', code });
}

/** How a warning names the code that it is about. */
export function callSite(provider: string, method: string | undefined): string {
  return method === undefined ? provider : `${provider} in ${method}()`;
}

/** Warns when a method goes on although its signal was aborted some time ago. */
export function warnIfSignalIgnored(running: unknown, provider: string, method: string | undefined): void {
  // A lazy thenable would run again if it were asked again.
  if (isProduction() || !(running instanceof Promise)) return;
  const timer = setTimeout(() => {
    warnOnce(
      'AKF_SIGNAL_IGNORED',
      callSite(provider, method),
      'a method goes on past its time limit; hand currentAttempt().signal to the client.',
    );
  }, graceMs);
  timer.unref?.();
  const stop = () => clearTimeout(timer);
  running.then(stop, stop);
}

/** Warns when a method returns an error response: the attempt counts as a success, and no other key is tried. */
export function warnIfErrorResponse(value: unknown, provider: string, method: string | undefined): void {
  if (typeof value !== 'object' || value === null || isProduction()) return;
  if (Object.prototype.toString.call(value) !== '[object Response]') return;
  const { status } = value as Response;
  if (status < 400) return;
  warnOnce(
    'AKF_ERROR_RESPONSE',
    callSite(provider, method),
    `a response with status ${status} counts as a success; throw when !response.ok, or pass classifyResult.`,
  );
}

interface RequestCreated {
  readonly request?: { readonly headers?: unknown };
}

let isDecided = false;

/** Warns when a client repeats its own requests inside an attempt: two layers of retries multiply. */
export function watchForClientRetries(): void {
  if (isDecided) return;
  isDecided = true;
  if (isProduction()) return;
  // Node's fetch announces each request; the OpenAI and Anthropic clients count their retries in a header.
  subscribe('undici:request:create', (message) => {
    const headers = (message as RequestCreated).request?.headers;
    if (!Array.isArray(headers)) return;
    const at = headers.indexOf('x-stainless-retry-count');
    const attempt = at < 0 || headers[at + 1] === '0' ? undefined : findAttempt();
    if (attempt) {
      warnOnce(
        'AKF_CLIENT_RETRIES',
        attempt.provider,
        'the client retries on its own inside an attempt; make it with { maxRetries: 0 }.',
      );
    }
  });
}
