import { describe } from 'vitest';
import { describeKeyStateStore, describeProviderAdapter } from '../src/vitest.ts';
import { MinimalBackend } from './minimal-store.ts';
import { adapterMutants } from './adapter-mutants.ts';
import { storeMutants } from './store-mutants.ts';
import { soundAnswers, soundErrors, soundUsages } from './sound-adapter.ts';

for (const { name, adapter } of adapterMutants) {
  describe(`An adapter that ${name}`, () => {
    describeProviderAdapter(adapter, soundErrors(), {
      answers: soundAnswers,
      usages: soundUsages,
      clientOptions: (url) => ({ url }),
      useClient: (ask) => ask(),
    });
  });
}

for (const { name, Store } of storeMutants) {
  describe(`A store that ${name}`, () => {
    describeKeyStateStore(
      'It',
      () => {
        const backend = new MinimalBackend();
        let now = Date.UTC(2026, 6, 1);
        backend.now = () => now;
        return { open: () => new Store(backend), advance: (ms) => void (now += ms) };
      },
      { patienceMs: 40 },
    );
  });
}
