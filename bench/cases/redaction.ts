import { redactKeys } from '@api-key-fallback/core/adapter';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport, Table } from '../report.ts';
import type { Subject } from '../subject.ts';

const [key = ''] = fakeKeys(1);
const line = 'POST https://provider.example/v1/answers failed with 503: upstream connect error, retry at 2026-07-01. ';

/** A text of this length with one key in the middle. */
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
    { name: `search for one text in ${name}`, call: () => text.includes('no such text') },
    { name: `redact ${name}, ${keys.toLocaleString('en')} keys`, call: () => redactKeys(text) },
  ]);
}

/** The cost of redacting a text. */
export async function redaction(effort: Effort): Promise<CaseReport> {
  const tables: Table[] = [];
  // The redactor is shared by the whole process and keeps all keys, so start with the fewest.
  for (const keys of [4, 1000]) {
    benchManager(fakeKeys(keys));
    const subjects = [{ name: 'nothing', call: () => {} }, ...subjectsOf(keys)];
    const title = `${keys.toLocaleString('en')} registered keys`;
    tables.push((await Comparison.of(subjects, effort, { title, per: 'text' })).table);
  }
  return { title: 'Redaction', about: 'Log lines with one key in them.', tables, measures: {} };
}
