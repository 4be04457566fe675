import { randomUUID } from 'node:crypto';
import type { ApiKeyManager } from '@api-key-fallback/core';
import { createDashboard } from '@api-key-fallback/dashboard';

/** A dashboard that listens, and the token for it. */
export interface OpenDashboard extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
}

/** Starts a dashboard of these managers. */
export async function dashboardOf(managers: readonly ApiKeyManager[]): Promise<OpenDashboard> {
  const token = randomUUID();
  const dashboard = createDashboard({ managers, auth: { token }, logger: false });
  const { url } = await dashboard.listen({ port: 0 });
  return { url, token, [Symbol.asyncDispose]: () => dashboard.close() };
}
