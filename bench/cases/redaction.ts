import { redactKeys } from '@api-key-fallback/core/adapter';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport, Table } from '../report.ts';
import type { Subject } from '../subject.ts';

const [key = ''] = fakeKeys(1);
const line = 'POST https://provider.example/v1/answers failed with 503: upstream connect error, retry at 2026-07-01. ';

/** A text of this length that shows one key in its middle. */
function textOf(length: number): string {
  const half = line.repeat(Math.ceil(length / 2 / line.length)).slice(0, length / 2);
  return half.slice(key.length) + key + half;
}

function subjectsOf(keys: number): Subject[] {
  const sizes = [
    { name: '1 KB', text: textOf(1024) },
    { name: '100 KB', text: textOf(102_400) },
  ];
  return sizes.flatMap(({ name, text }) => [
    { name: `look for one text in ${name}`, call: () => text.includes('no such text') },
    { name: `redact ${name}, ${keys.toLocaleString('en')} keys`, call: () => redactKeys(text) },
  ]);
}

/** What cleaning a text costs. */
export async function redaction(effort: Effort): Promise<CaseReport> {
  const tables: Table[] = [];
  // The redactor is that of the whole process and forgets nothing, so the fewest keys come first.
  for (const keys of [4, 1000]) {
    benchManager(fakeKeys(keys));
    const subjects = [{ name: 'nothing', call: () => {} }, ...subjectsOf(keys)];
    const title = `${keys.toLocaleString('en')} known keys`;
    tables.push((await Comparison.of(subjects, effort, { title, per: 'text' })).table);
  }
  return { title: 'Redaction', about: 'A text of log lines with one key in it.', tables, measures: {} };
}
