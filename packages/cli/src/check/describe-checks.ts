import type { RateLimit } from '@api-key-fallback/core';
import type { Column, Row } from '../output/fit-table.ts';
import type { CheckTexts } from '../texts/english/check.ts';
import type { CheckedKey } from './run-checks.ts';
import { verdictOf, verdictStyles } from './key-verdict.ts';

const mostLabels = 3;

/** Returns the columns of the table of `check`. */
export function checkColumns({ columns }: CheckTexts): readonly Column[] {
  return [
    { title: columns.provider, canShrink: true },
    { title: columns.key, canShrink: 'middle' },
    { title: columns.masked },
    { title: columns.status },
    { title: columns.time, align: 'right', isOptional: true },
    { title: columns.left, canShrink: true, isOptional: true },
  ];
}

/** Returns the line of a key in the table of `check`. */
export function checkRow(check: CheckedKey, texts: CheckTexts): Row {
  const verdict = verdictOf(check);
  return [
    nameOf(check),
    check.label,
    check.masked,
    { text: texts.verdicts[verdict], style: verdictStyles[verdict] },
    check.reason === 'no_probe' ? '' : `${check.latencyMs} ms`,
    leftOf(check),
  ];
}

/** Returns what is wrong with keys and what to do, once for all keys with the same problem. */
export function adviceLines(checks: readonly CheckedKey[], texts: CheckTexts): readonly string[] {
  const notable = checks.filter(({ outcome, reason }) => outcome !== 'working' || reason !== undefined);
  const problems = Map.groupBy(notable, (check) =>
    JSON.stringify([nameOf(check), check.outcome, check.verdict, check.reason]),
  );
  return [...problems.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const labels = same.slice(0, mostLabels).map(({ label }) => label);
    const advice = adviceFor(first, texts);
    return [`${nameOf(first)}, ${texts.keys(labels, same.length - labels.length)}: ${advice}`];
  });
}

function adviceFor(check: CheckedKey, { advice }: CheckTexts): string {
  const { displayName, provider, reason = '' } = check;
  const verdict = verdictOf(check);
  if (verdict !== 'unknown') return advice[verdict](reason);
  if (reason === 'no_probe') return provider === 'rapidapi' ? advice.noRapidApi : advice.noProbe(displayName);
  if (reason === 'network' || reason === 'timeout') return advice[reason](displayName);
  return advice.unknown(reason);
}

/** The tightest limit of a key: what is left of it. */
function leftOf({ rateLimits = [] }: CheckedKey): string {
  const share = ({ remaining, limit = Infinity }: RateLimit) => remaining / limit;
  const [tightest] = rateLimits.toSorted((a, b) => share(a) - share(b));
  if (tightest === undefined) return '';
  const { name, remaining, limit } = tightest;
  return `${remaining}${limit === undefined ? '' : `/${limit}`} ${name}`;
}

function nameOf({ displayName, pool }: CheckedKey): string {
  return pool === 'default' ? displayName : `${displayName} (${pool})`;
}
