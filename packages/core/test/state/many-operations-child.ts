// A process in which 8,000 operations fail that all differ. It prints by how many bytes the heap has grown.
import { ApiKeyManager, MemoryStore } from '../../src/index.ts';
import { ScriptedError, scriptedAdapter } from '../scripted-keys.ts';

const operations = 8000;
const options = process.argv[2] === 'store' ? { store: new MemoryStore() } : {};
const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, ...options });
await manager.ready();

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function failMany(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const operation = `/users/${i}`;
    const attempt = () =>
      Promise.reject(new ScriptedError(() => ({ kind: 'quota-exhausted', reason: 'scripted', bucket: operation })));
    await manager.retryWithFallback(attempt, { operation, maxRetries: 1 }).catch(() => {});
    if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

await failMany(0, 2000);
const before = heapBytes();
await failMany(2000, operations);
process.stdout.write(JSON.stringify(heapBytes() - before));
process.exit();
