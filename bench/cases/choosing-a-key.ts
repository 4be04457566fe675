import type { ApiKeyManager, KeyStrategy, MarkReason } from '@api-key-fallback/core';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import { collectGarbage } from '../garbage.ts';
import type { CaseReport, Table } from '../report.ts';
import { median, worstOf } from '../statistics.ts';
import type { Subject } from '../subject.ts';

const few = 4;
const sizes = [few, 100, 10_000];
const most = 10_000;

interface Choice {
  readonly name: string;
  readonly strategy: KeyStrategy;
  /** How the first half of the keys is marked, which a search from the start must skip. */
  readonly mark?: MarkReason;
}

const choices: readonly Choice[] = [
  { name: 'in-order, the first half cooling', strategy: 'in-order', mark: 'quota-exhausted' },
  { name: 'in-order, the first half suspect', strategy: 'in-order', mark: 'transient' },
  { name: 'round-robin', strategy: 'round-robin' },
  { name: 'least-used', strategy: 'least-used' },
];
// A key stays suspect for 30 s, and a comparison may take longer.
const stoppedClock = { now: () => 1_800_000_000_000 };

async function answer(): Promise<number> {
  return 1;
}

function subjectOf(choice: Choice, size: number): Subject {
  const { strategy, mark } = choice;
  const runtime = mark === 'transient' ? stoppedClock : {};
  const manager = benchManager(fakeKeys(size), { strategy, runtime });
  if (mark) for (const key of manager.getAllKeys().slice(0, size / 2)) manager.markKeyFailed(key, mark);
  return { name: nameOf(choice, size), call: () => manager.retryWithFallback(answer) };
}

function nameOf({ name }: Choice, size: number): string {
  return `${name}, ${size.toLocaleString('en')} keys`;
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function managerWithUsedKeys(keys: readonly string[]): Promise<ApiKeyManager> {
  const manager = benchManager(keys, { strategy: 'round-robin' });
  for (const _ of keys) await manager.retryWithFallback(answer);
  return manager;
}

/** The memory per key besides the key itself: the growth with a manager whose 10,000 keys were each used once. */
async function stateBytes(): Promise<number> {
  const keys = fakeKeys(most);
  // Creates what the process keeps once per key, and loads the code.
  const managers = [await managerWithUsedKeys(keys)];
  const found: number[] = [];
  for (let sample = 0; sample < 5; sample++) {
    collectGarbage();
    const before = usedBytes();
    managers.push(await managerWithUsedKeys(keys));
    collectGarbage();
    found.push((usedBytes() - before) / most);
  }
  return median(found);
}

/** The cost of selecting among many keys. */
export async function choosingAKey(effort: Effort): Promise<CaseReport> {
  const tables: Table[] = [];
  const ratios: Record<string, number> = {};
  for (const choice of choices) {
    const subjects = [{ name: 'bare call', call: answer }, ...sizes.map((size) => subjectOf(choice, size))];
    const fewest = nameOf(choice, few);
    const options = { title: choice.name, per: 'call', relativeTo: [fewest] };
    const comparison = await Comparison.of(subjects, effort, options);
    tables.push(comparison.table);
    ratios[choice.name] = comparison.ratio(nameOf(choice, most), fewest);
  }
  const bytes = await stateBytes();
  return {
    title: 'Selecting among many keys',
    about: 'The happy path with more keys.',
    tables: [
      ...tables,
      {
        title: 'State of keys that were each used once',
        columns: ['bytes per key'],
        rows: [{ name: `${most.toLocaleString('en')} keys`, values: [bytes] }],
      },
    ],
    measures: {
      '10,000 keys: added time vs 4 keys': worstOf(ratios),
      'state per key: bytes': { value: bytes },
    },
  };
}
