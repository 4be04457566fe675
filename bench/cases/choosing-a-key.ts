import type { KeyStrategy } from '@api-key-fallback/core';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import { median } from '../median.ts';
import type { CaseReport, Table } from '../report.ts';
import type { Subject } from '../subject.ts';
import { worstOf } from '../worst-of.ts';

const few = 4;
const sizes = [few, 100, 10_000];
const most = 10_000;
const strategies = ['in-order', 'round-robin', 'least-used'] as const satisfies readonly KeyStrategy[];

async function answer(): Promise<number> {
  return 1;
}

function subjectOf(strategy: KeyStrategy & string, size: number): Subject {
  const manager = benchManager(fakeKeys(size), { strategy });
  if (strategy === 'in-order') {
    // The first half: the one that a search from the start has to pass.
    for (const key of manager.getAllKeys().slice(0, size / 2)) manager.markKeyFailed(key, 'quota-exhausted');
  }
  return { name: nameOf(strategy, size), call: () => manager.retryWithFallback(answer) };
}

function nameOf(strategy: string, size: number): string {
  const half = strategy === 'in-order' ? ', the first half cooling' : '';
  return `${strategy}${half}, ${size.toLocaleString('en')} keys`;
}

/** What is kept for one key, besides the key itself: the heap's growth by a manager of 10,000. */
function stateBytes(): number {
  const keys = fakeKeys(most);
  // What the whole process keeps of keys, and the code, is there before.
  const managers = [benchManager(keys)];
  const found = Array.from({ length: 5 }, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    managers.push(benchManager(keys));
    collectGarbage();
    return (process.memoryUsage().heapUsed - before) / most;
  });
  return median(found);
}

/** What a choice among many keys costs. */
export async function choosingAKey(effort: Effort): Promise<CaseReport> {
  const tables: Table[] = [];
  const ratios: Record<string, number> = {};
  for (const strategy of strategies) {
    const subjects = [{ name: 'bare call', call: answer }, ...sizes.map((size) => subjectOf(strategy, size))];
    const fewest = nameOf(strategy, few);
    const options = { title: `Strategy ${strategy}`, per: 'call', relativeTo: [fewest] };
    const comparison = await Comparison.of(subjects, effort, options);
    tables.push(comparison.table);
    ratios[strategy] = comparison.ratio(nameOf(strategy, most), fewest);
  }
  const bytes = stateBytes();
  return {
    title: 'Choosing among many keys',
    about: 'The happy path again, with more keys.',
    tables: [
      ...tables,
      {
        title: 'State',
        columns: ['bytes per key'],
        rows: [{ name: `${most.toLocaleString('en')} keys`, values: [bytes] }],
      },
    ],
    measures: {
      '10,000 keys, time added, of 4 keys': worstOf(ratios),
      'state of a key, bytes': { value: bytes },
    },
  };
}
