// Rotates keys while calls run, from a file as Kubernetes mounts it. Needs no key: a server on this machine plays OpenAI.
// Run: npx pnpm@12 example examples/rotate-keys.ts
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileSource } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';

const [oldKey, newKey] = ['sk-demo-old-4f9a81c2e07b', 'sk-demo-new-77d0b3a9c1f2'];
const directory = await mkdtemp(join(tmpdir(), 'rotate-keys-'));
await writeFile(join(directory, 'openai'), oldKey);
await using server = await startProviderServer({ keys: { [oldKey]: ['ok'], [newKey]: ['ok'] } });

const manager = new OpenAIKeyManager(fileSource(join(directory, 'openai')), {
  clientOptions: { baseURL: server.openaiBaseURL },
  logger: false,
});
const rotated = new Promise<void>((resolve) => {
  manager.on('keys.changed', ({ reason, source }) => {
    console.log(`The keys have changed (${reason}, ${source}).`);
    if (reason !== 'start') resolve();
  });
});

let isDone = false;
const calls = (async () => {
  let failed = 0;
  let served = 0;
  while (!isDone) {
    const call = manager.retryWithFallback((openai) => openai.models.list(), { inject: 'client' });
    await call.then(
      () => served++,
      () => failed++,
    );
    await pause(5);
  }
  console.log(`${failed} of ${served + failed} calls failed.`);
})();

await pause(200);
await writeFile(join(directory, 'next'), newKey);
await rename(join(directory, 'next'), join(directory, 'openai'));
await rotated;
server.script(oldKey, ['invalid-key']); // the old key is revoked
await pause(200);
isDone = true;
await calls;
console.log(
  `Requests with the old key: ${server.requestCount(oldKey) > 0}, with the new key: ${server.requestCount(newKey) > 0}.`,
);
await manager.close();
await rm(directory, { recursive: true });
