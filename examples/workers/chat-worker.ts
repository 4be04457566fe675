import fastify from 'fastify';
import { promptOf } from '../chat/prompt-of.ts';
import { refusalOf } from '../chat/refusal-of.ts';
import { openSharedKeys } from './open-shared-keys.ts';

const keys = await openSharedKeys();
const app = fastify();

app.post('/chat', async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  try {
    return { reply: await keys.ask(promptOf(request.body), gone.signal), worker: process.pid };
  } catch (error) {
    const { status, headers, body } = refusalOf(error);
    return reply.code(status).headers(headers).send(body);
  }
});

let stopping: Promise<void> | undefined;
async function stop(): Promise<void> {
  await app.close();
  await keys.close();
  process.disconnect();
}
// Ctrl-C reaches the primary and the workers, so a worker may get two signals.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void (stopping ??= stop()));

await app.listen({ port: Number(process.env['PORT'] ?? 3000) });
