import { afterEach } from 'vitest';

const warnings: string[] = [];
const emitWarning = process.emitWarning.bind(process) as (...all: readonly unknown[]) => void;

process.emitWarning = ((warning: string | Error, options?: unknown, ...rest: unknown[]): void => {
  const { type, code } = (options ?? {}) as { readonly type?: string; readonly code?: string };
  if (type !== 'ApiKeyFallbackWarning') emitWarning(warning, options, ...rest);
  // Appears one real second after a timeout, so it depends on the machine whether the file still runs.
  else if (code !== 'AKF_SIGNAL_IGNORED') warnings.push(`${code}: ${String(warning)}`);
}) as typeof process.emitWarning;

afterEach(() => {
  const unexpected = warnings.splice(0);
  if (unexpected.length === 0) return;
  throw new Error(`A test must expect the warning that it provokes. ${unexpected.join('\n')}`);
});
