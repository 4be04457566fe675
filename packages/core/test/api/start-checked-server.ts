import type { KeyCheck, KeyManagerOptions } from '@api-key-fallback/core';
import { probeRequest, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { one, startKeyServer, type Answer, type KeyedServer } from './start-key-server.ts';

type Script = Readonly<Record<string, readonly [Answer, ...Answer[]]>>;

export interface CheckedServer extends KeyedServer {
  /** The check of one key. */
  check(secret?: string): Promise<KeyCheck | undefined>;
}

/** A server, and a manager whose adapter probes it with `GET /probe`. */
export async function startCheckedServer(
  script: Script,
  options: KeyManagerOptions & { readonly adapter?: Partial<ProviderAdapter>; readonly stepped?: boolean } = {},
): Promise<CheckedServer> {
  const adapter: Partial<ProviderAdapter> = {
    probe(secret, context) {
      return probeRequest(this as ProviderAdapter, secret, new Request(`${server.url}/probe`), context);
    },
    ...options.adapter,
  };
  const server: KeyedServer = await startKeyServer(script, { ...options, adapter });
  const check = async (secret = one) => {
    const checks = await server.manager.checkKeys();
    return checks[Object.keys(script).indexOf(secret)];
  };
  return Object.assign(Object.create(server) as KeyedServer, {
    check,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  });
}
