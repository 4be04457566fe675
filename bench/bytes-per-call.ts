import { collectGarbage, Collections } from './garbage.ts';
import { median } from './statistics.ts';
import { loadLoop, type Subject } from './subject.ts';

const samples = 7;
// Well below the size of the young generation, so that no collection interrupts. The script `bench` sets that to 16 MB,
// the size it reaches in a busy process.
const sampleBytes = 4e6;
const mostCalls = 20_000;

/** The bytes that one call allocates on the heap, freed or not, measured on compiled code. */
export async function bytesPerCall(subject: Subject): Promise<number> {
  using collections = new Collections();
  const loop = await loadLoop(subject);
  const { times = 1 } = subject;

  async function allocatedBy(count: number): Promise<number | undefined> {
    collectGarbage();
    const from = performance.now();
    const before = process.memoryUsage().heapUsed;
    await loop(count);
    const bytes = process.memoryUsage().heapUsed - before;
    return (await collections.happened(from, performance.now())) ? undefined : bytes / (count * times);
  }

  // Also compiles this copy of the loop.
  await loop(Math.ceil(5000 / times));
  const estimate = (await allocatedBy(Math.ceil(100 / times))) ?? sampleBytes / 100;
  let count = Math.ceil(Math.min(sampleBytes / Math.max(estimate, 1), mostCalls) / times);
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const bytes = await allocatedBy(count);
    if (bytes !== undefined) found.push(bytes);
    else count = Math.ceil(count / 2);
  }
  if (found.length === 0) throw new Error(`${subject.name}: garbage was collected during each sample.`);
  return median(found);
}
