import { onTestFinished, vi, type MockInstance } from 'vitest';

/** Records the warnings of one test instead of printing them. */
export function watchWarnings(): MockInstance<typeof process.emitWarning> {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => emitWarning.mockRestore());
  return emitWarning;
}

/** The `process.emitWarning` arguments of the warning about nested loops. */
export function nestedLoop(place: string): readonly unknown[] {
  const text = `${place}: a loop runs inside an attempt of the same provider; pass the received key on.`;
  return [text, { type: 'ApiKeyFallbackWarning', code: 'AKF_NESTED_LOOPS' }];
}
