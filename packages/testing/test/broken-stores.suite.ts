import { describe } from 'vitest';
import { describeKeyStateStore } from '../src/vitest.ts';
import { brokenStores } from './broken-stores.ts';
import { MinimalBackend } from './minimal-store.ts';

for (const { name, Store } of brokenStores) {
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
