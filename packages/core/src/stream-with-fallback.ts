import { attemptStorage, type Attempt } from './attempt.ts';
import { callWithKeys, type Invoke } from './call-with-fallback.ts';
import type { KeyPool } from './key-pool.ts';
import type { FallbackSettings } from './retry-options.ts';

type Stream = AsyncGenerator<unknown, unknown, unknown>;

interface Opened {
  readonly source: Stream;
  readonly first: IteratorResult<unknown, unknown>;
  readonly attempt: Attempt;
}

/** Runs a generator method: falls over until its first chunk, and never after it, so no text is repeated. */
export async function* streamWithKeys(pool: KeyPool, invoke: Invoke<Stream>, settings: FallbackSettings): Stream {
  const open: Invoke<Opened> = async (injected, attempt) => {
    const source = (await invoke(injected, attempt)) as Stream;
    return { source, first: await source.next(), attempt };
  };
  const { source, first, attempt } = await callWithKeys(pool, open, settings);
  // A generator body runs in the context of whoever asks for the next chunk, so each request enters the attempt again.
  const inAttempt = <T>(step: () => T): T => attemptStorage.run(attempt, step);
  let step = first;
  try {
    while (!step.done) {
      let sent: unknown;
      try {
        sent = yield step.value;
      } catch (error) {
        step = await inAttempt(() => source.throw(error));
        continue;
      }
      step = await inAttempt(() => source.next(sent));
    }
    return step.value;
  } finally {
    if (!step.done) await inAttempt(() => source.return(undefined));
  }
}
