import type { KeyManagerStatus } from '@api-key-fallback/core';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** Asks whether all keys of a provider are meant; `undefined` after Ctrl-C. @throws UsageError without a terminal. */
export async function confirmAll(
  { io, texts }: Session,
  { displayName, keys }: KeyManagerStatus,
): Promise<boolean | undefined> {
  const { operate } = texts;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) throw new UsageError(operate.needsYes);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: operate.confirmAll(displayName, keys.length),
    active: operate.yes,
    inactive: operate.no,
    initialValue: false,
    input: io.stdin,
    output: io.stderr,
    signal: io.signal,
  });
  return isCancel(answer) ? undefined : answer;
}
