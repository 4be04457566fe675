import type { ErrorVerdict } from '../base/verdict.ts';
import { ProviderResponseError } from '../http/provider-response-error.ts';
import { readErrorText } from '../http/read-error-text.ts';
import { cancelBody } from '../http/response-body.ts';
import { authorizeRequest } from './authorize-request.ts';
import { classifyByDefault } from './classify-error.ts';
import type { ClassifyContext, ProbeContext, ProbeResult, ProviderAdapter } from './provider-adapter.ts';

/** The context of a probe, and how to judge its response. */
export interface ProbeRequestOptions extends ProbeContext {
  /** The operation of the request, if the provider has a quota for each operation. @default none */
  readonly operation?: string;
  /** Whether an error response proves that the key works, for example a 403 for a missing scope. @default none does */
  readonly isWorking?: (verdict: ErrorVerdict, error: unknown) => boolean;
}

/**
 * Sends a request without a body with the key, and returns what the response says about the key. For the `probe` of an adapter.
 *
 * The request goes through the adapter's `authorize`, and an error response through its `classifyError`; limits and the group
 * are read from the response. Redirects are not followed, because they could send the key to another origin. Rejects only if
 * a hook of the adapter throws.
 *
 * @example
 * const acmeAdapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: () => undefined,
 *   probe(secret, context) {
 *     return probeRequest(this, secret, new Request('https://api.acme.example/v1/me'), context);
 *   },
 * });
 */
export async function probeRequest(
  adapter: ProviderAdapter,
  secret: string,
  request: Request,
  options: ProbeRequestOptions,
): Promise<ProbeResult> {
  const { fetch, signal } = options;
  const { url, method, headers } = authorizeRequest(adapter, request, secret);
  let response: Response;
  let text = '';
  try {
    // URL and init instead of a `Request`: a `fetch` of another library does not accept Node's `Request`.
    response = await fetch(url, { method, headers, signal, redirect: 'manual' });
    if (response.status < 400) cancelBody(response);
    else text = await readErrorText(response, signal);
  } catch (error) {
    // Only a response says something about the key, so the adapter does not judge this.
    return { outcome: 'inconclusive', reason: classifyByDefault(error, { now: options.now() }).reason };
  }
  return judge(adapter, response, text, options);
}

function judge(
  adapter: ProviderAdapter,
  response: Response,
  text: string,
  { operation, isWorking, now }: ProbeRequestOptions,
): ProbeResult {
  const context: ClassifyContext = { now: now(), ...(operation === undefined ? {} : { operation }) };
  const error = response.status < 400 ? undefined : new ProviderResponseError(response, text);
  const group = adapter.groupOf?.(error ?? response);
  const rateLimits = adapter.readLimits?.(response.headers, context);
  const facts = {
    ...(operation === undefined ? {} : { operation }),
    ...(group === undefined ? {} : { group }),
    ...(rateLimits === undefined ? {} : { rateLimits }),
  };
  if (response.ok) return { ...facts, outcome: 'working' };
  if (!error) return { ...facts, outcome: 'inconclusive', reason: `http_${response.status}` };
  const verdict = adapter.classifyError(error, context) ?? classifyByDefault(error, context);
  const { kind, reason } = verdict;
  if (isWorking?.(verdict, error)) return { ...facts, outcome: 'working', reason };
  if (kind === 'transient' || kind === 'caller-error') return { ...facts, outcome: 'inconclusive', reason };
  return { ...facts, outcome: 'refused', verdict };
}
