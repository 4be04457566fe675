import { onTestFinished, vi, type MockInstance } from 'vitest';

/** Keeps the warnings of one test from being printed, for the test to look at. */
export function watchWarnings(): MockInstance<typeof process.emitWarning> {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => emitWarning.mockRestore());
  return emitWarning;
}

/** A call of `process.emitWarning` that tells of a loop inside an attempt of the same provider. */
export function nestedLoop(place: string): readonly unknown[] {
  const text = `${place}: a loop runs inside an attempt of the same provider; pass the received key on.`;
  return [text, { type: 'ApiKeyFallbackWarning', code: 'AKF_NESTED_LOOPS' }];
}
