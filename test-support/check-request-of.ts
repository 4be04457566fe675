import type { ApiKeyManager } from '../packages/core/src/index.ts';
import { recordingFetch } from '../packages/testing/src/recording-fetch.ts';

/** Returns the request with which a manager of one key checks it. */
export async function checkRequestOf(manager: Pick<ApiKeyManager, 'checkKeys'>): Promise<Request> {
  const { fetch, requests } = recordingFetch(() => new Response('{}'));
  await manager.checkKeys({ fetch });
  const [request, ...others] = requests;
  if (!request || others.length > 0) throw new Error(`The check sent ${requests.length} requests instead of one.`);
  return request;
}
