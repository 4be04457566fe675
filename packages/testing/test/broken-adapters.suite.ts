import { describe } from 'vitest';
import { describeProviderAdapter } from '../src/vitest.ts';
import { brokenAdapters } from './broken-adapters.ts';
import { soundErrors, type SoundClient } from './sound-adapter.ts';

for (const { name, adapter, recorded = soundErrors(), isUsed = true } of brokenAdapters) {
  describe(`An adapter that ${name}`, () => {
    const use = isUsed ? { useClient: (ask: SoundClient) => ask() } : {};
    describeProviderAdapter(adapter, recorded, { clientOptions: (url) => ({ url }), ...use });
  });
}
