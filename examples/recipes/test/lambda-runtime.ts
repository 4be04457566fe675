import { createRequire } from 'node:module';

// Plays the runtime of AWS Lambda in a process of its own: loads a bundled function, and calls it with one event after the other.

interface Invocation {
  readonly event: unknown;
  readonly deadlineMs: number;
}

type Handler = (event: unknown, context: { readonly getRemainingTimeInMillis: () => number }) => Promise<unknown>;

const load = createRequire(import.meta.url) as (path: string) => { readonly handler: Handler };
const { handler } = load(process.argv[2] ?? '');

process.on('message', async ({ event, deadlineMs }: Invocation) => {
  const context = { getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  const outcome = await handler(event, context).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.send?.(outcome);
});
