import type { KeyManagerOptions } from '@api-key-fallback/core';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import type { Subject } from '../subject.ts';

const [few, most] = [4, 10_000];
const ample = 1_000_000_000;

async function answer(): Promise<number> {
  return 1;
}

function subjectOf(name: string, options: KeyManagerOptions, keys = few): Subject {
  const manager = benchManager(fakeKeys(keys), options);
  return { name, call: () => manager.retryWithFallback(answer) };
}

/** With the first half of the keys full, so that each call takes a key from the middle of the list. */
async function halfFull(name: string, keys: number): Promise<Subject> {
  const limited = fakeKeys(keys).map((key, index) => ({
    key,
    limits: { requestsPerDay: index < keys / 2 ? 1 : ample },
  }));
  const manager = benchManager(limited);
  for (let call = 0; call < keys / 2; call++) await manager.retryWithFallback(answer);
  return { name, call: () => manager.retryWithFallback(answer) };
}

/** The cost of configured limits. */
export async function limits(effort: Effort): Promise<CaseReport> {
  const [none, minute, all] = ['no limits', 'requestsPerMinute', 'six limits'];
  const sixLimits = {
    requestsPerMinute: ample,
    tokensPerMinute: ample,
    unitsPerMinute: ample,
    requestsPerDay: ample,
    unitsPerDay: ample,
    concurrency: ample,
  };
  const subjects = [
    { name: 'bare call', call: answer },
    subjectOf(none, {}),
    subjectOf(minute, { limits: { requestsPerMinute: ample } }),
    subjectOf(all, { limits: sixLimits }),
  ];
  const options = { title: 'A call', per: 'call', relativeTo: [none], withBytes: true };
  const comparison = await Comparison.of(subjects, effort, options);
  const ofFew = `${few} keys, two of them full`;
  const ofMost = `${most.toLocaleString('en')} keys, half of them full`;
  const manySubjects = [{ name: 'bare call', call: answer }, await halfFull(ofFew, few), await halfFull(ofMost, most)];
  const many = await Comparison.of(manySubjects, effort, { title: 'Many keys', per: 'call', relativeTo: [ofFew] });
  return {
    title: 'Limits',
    about: 'Calls that return immediately, on keys with configured limits.',
    tables: [comparison.table, many.table],
    measures: {
      'limits: added time': { value: comparison.addedNs(minute) - comparison.addedNs(none) },
      '10,000 keys with limits: added time vs 4 keys': { value: many.ratio(ofMost, ofFew) },
    },
  };
}
