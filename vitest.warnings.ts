import { afterEach } from 'vitest';

const warnings: string[] = [];
const emitWarning = process.emitWarning.bind(process) as (...all: readonly unknown[]) => void;

process.emitWarning = ((warning: string | Error, options?: unknown, ...rest: unknown[]): void => {
  const { type, code } = (options ?? {}) as { readonly type?: string; readonly code?: string };
  if (type !== 'ApiKeyFallbackWarning') emitWarning(warning, options, ...rest);
  // Comes a real second after a time limit: whether the file still runs by then depends on the machine.
  else if (code !== 'AKF_SIGNAL_IGNORED') warnings.push(`${code}: ${String(warning)}`);
}) as typeof process.emitWarning;

afterEach(() => {
  const unexpected = warnings.splice(0);
  if (unexpected.length === 0) return;
  throw new Error(`A test must expect the warning that it provokes. ${unexpected.join('\n')}`);
});
