// A service with a worker process for each core. A key that fails in one worker is not tried by the others.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 WORKERS=2 npx pnpm@12 example examples/cluster.ts
// Try: curl localhost:3000/chat --json '{"prompt":"Olá"}'
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadApiKeys } from '@api-key-fallback/core';

// Without a key, fail here: workers that fail at their start would be replaced without end.
loadApiKeys('OPENAI_API_KEY');

cluster.setupPrimary({ exec: fileURLToPath(new URL('workers/chat-worker.ts', import.meta.url)) });
let isStopping = false;

cluster.on('listening', (worker, { port }) => {
  console.log(`Worker ${worker.process.pid} is listening on http://localhost:${port}`);
});
cluster.on('exit', (worker, code, signal) => {
  if (isStopping) return;
  console.log(`Worker ${worker.process.pid} has ended (${signal || code}). Starting another one.`);
  cluster.fork();
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    isStopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  });
}

const count = Number(process.env['WORKERS'] ?? availableParallelism());
for (let started = 0; started < count; started++) cluster.fork();
