import { describe } from 'vitest';
import { describeProviderAdapter } from '../src/vitest.ts';
import { brokenAdapters } from './broken-adapters.ts';
import { soundErrors } from './sound-adapter.ts';

for (const { name, adapter, recorded = soundErrors() } of brokenAdapters) {
  describe(`An adapter that ${name}`, () => {
    describeProviderAdapter(adapter, recorded, { clientOptions: (url) => ({ url }), useClient: (ask) => ask() });
  });
}
