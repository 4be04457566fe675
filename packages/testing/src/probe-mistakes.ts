import type { ProbeResult } from '@api-key-fallback/core/adapter';
import { isAmount, isCode, isName, mistakesIn } from './verdict-mistakes.ts';

const verdictKinds: readonly string[] = ['invalid-key', 'quota-exhausted', 'rate-limited'];

/** Lists the mistakes in a result that a probe returned at `now`. */
export function probeMistakesIn(result: ProbeResult | undefined, now: number): string[] {
  const { operation, group, rateLimits = [] } = result ?? {};
  const checks: readonly (readonly [isValid: boolean, mistake: string])[] = [
    [operation === undefined || isName(operation), '"operation" must be a text of 1 to 256 characters in one line'],
    [group === undefined || isName(group, 128), '"group" must be a text of 1 to 128 characters in one line'],
    [rateLimits.every(({ name, limit = 0 }) => isName(name, 128) && isAmount(limit)), '"rateLimits" must be valid'],
  ];
  const mistakes = checks.flatMap(([isValid, mistake]) => (isValid ? [] : [mistake]));
  return [...mistakes, ...outcomeMistakesIn(result, now)];
}

function outcomeMistakesIn(result: ProbeResult | undefined, now: number): string[] {
  const wrongReason = '"reason" must be a code of 1 to 64 letters, digits, ".", "_" and "-"';
  switch (result?.outcome) {
    case 'working':
      return result.reason === undefined || isCode(result.reason) ? [] : [wrongReason];
    case 'inconclusive':
      return isCode(result.reason) ? [] : [wrongReason];
    case 'refused':
      if (!verdictKinds.includes(result.verdict?.kind)) return [`"verdict" must be one of ${verdictKinds.join(', ')}`];
      return mistakesIn(result.verdict, now);
    default:
      return ['"outcome" must be working, refused or inconclusive'];
  }
}
