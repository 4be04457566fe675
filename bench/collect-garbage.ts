/** Collects all garbage, or only that of the youngest objects. */
export function collectGarbage(type: 'major' | 'minor' = 'major'): void {
  if (!globalThis.gc) throw new Error('Run this with node --expose-gc.');
  globalThis.gc({ type, execution: 'sync' });
}
