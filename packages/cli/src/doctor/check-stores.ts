import type { ApiKeyManager, KeyStateStore } from '@api-key-fallback/core';
import { createRuntime, errorMessage, inTime } from '@api-key-fallback/core/adapter';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

const limitMs = 5000;

/** Finds stores that cannot be written. Takes a lease in each, because that is a write that changes no state of keys. */
export async function checkStores(managers: readonly ApiKeyManager[], texts: DoctorTexts): Promise<readonly Finding[]> {
  const stores = new Set(managers.flatMap(({ store }) => store ?? []));
  if (stores.size === 0) return [{ check: 'store', level: 'fine', ...texts.noStore }];
  return Promise.all([...stores].map((store) => checkStore(store, texts)));
}

async function checkStore(store: KeyStateStore, texts: DoctorTexts): Promise<Finding> {
  try {
    await inTime(createRuntime(), limitMs, () => takeLease(store));
    return { check: 'store', level: 'fine', ...texts.storeFine(store.kind) };
  } catch (error) {
    return { check: 'store', level: 'error', ...texts.storeAway(store.kind, errorMessage(error)) };
  }
}

async function takeLease(store: KeyStateStore): Promise<void> {
  const lease = await store.lease('api-key-fallback', 'doctor', 1000);
  await lease?.release();
}
