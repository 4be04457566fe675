import {
  checkOptionNames,
  probeRequest,
  readField,
  type ErrorVerdict,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import { hostHeader } from './host-header.ts';
import { messageIn } from './rapidapi-error.ts';
import { urlOf } from './rapidapi-fetch.ts';

/** Options of `rapidApiProbe`. */
export interface RapidApiProbeOptions {
  /** The path to request, with the query. The gateway may count the request. @default '/' */
  readonly path?: string;
  /** The address of a proxy or a test server. @default `https://<host>` */
  readonly baseUrl?: string;
}

const optionNames = new Set(['path', 'baseUrl']);

// The gateway checks the key and the subscription first.
function isUnknownEndpoint({ reason }: ErrorVerdict, error: unknown): boolean {
  return reason === 'http_404' && /^Endpoint .* does not exist/i.test(messageIn(readField(error, 'body')) ?? '');
}

/**
 * Returns a `probe` for `rapidApiAdapter`, so that `checkKeys()` asks one API whether a key works.
 *
 * RapidAPI has no request that every key may send. Most APIs have no endpoint `/`, and the gateway's response to it shows whether
 * the key is valid and subscribed, but not its quota. Pass a `path` to learn about the quota too.
 *
 * @param host The host of the API, `<api>.p.rapidapi.com`.
 * @throws InvalidOptionsError for a `host` that is not a bare host name, or an unknown option.
 * @example
 * const adapter = defineAdapter({ ...rapidApiAdapter, probe: rapidApiProbe('weatherapi-com.p.rapidapi.com') });
 * const manager = new ApiKeyManager(adapter, loadApiKeys(adapter.env));
 * const checks = await manager.checkKeys();
 */
export function rapidApiProbe(
  host: string,
  options: RapidApiProbeOptions = {},
): (this: ProviderAdapter, secret: string, context: ProbeContext) => Promise<ProbeResult> {
  checkOptionNames('options', options, optionNames, "rapidApiProbe(host, { path: '/' })");
  const { path = '/', baseUrl = `https://${host}` } = options;
  const url = urlOf(host, path, baseUrl);
  return function probe(secret, context) {
    const request = new Request(url, { headers: { [hostHeader]: host } });
    return probeRequest(this, secret, request, { ...context, operation: host, isWorking: isUnknownEndpoint });
  };
}
