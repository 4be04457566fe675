import type { AlertsDocument, AlertView } from '../../../src/protocol/alerts-document.ts';
import { countdown, past } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { compact, percent } from '../format/number.ts';
import { texts } from '../texts/texts.ts';

export type RuleView = AlertsDocument['rules'][number];

type Values = Readonly<Record<string, string | number>>;

/** Says what is wrong, to stand after the name of the provider. */
export function alertText({ rule, values = {}, message, keyCount }: AlertView): string {
  const { problems, ownRule } = texts.value.alerts;
  return problems[rule]?.(factsOf(values, keyCount)) ?? message ?? ownRule;
}

/** Says when a rule fires. */
export function ruleText({ name, options, forMs }: RuleView): string {
  const { conditions, ownRule, forLonger } = texts.value.alerts;
  const condition = conditions[name]?.(factsOf(options, 0)) ?? ownRule;
  return forMs === 0 ? condition : forLonger(condition, durationText(forMs));
}

function factsOf(values: Values, keyCount: number) {
  const { share, used, max, count, limit, windowMs, afterMs, operation, source, store } = values;
  const durationMs = windowMs ?? afterMs;
  return {
    count: typeof count === 'number' ? count : keyCount,
    share: typeof share === 'number' ? percent(share) : '',
    limit: String(limit ?? ''),
    used: typeof used === 'number' ? compact(used) : '',
    max: typeof max === 'number' ? compact(max) : '',
    duration: typeof durationMs === 'number' ? durationText(durationMs) : '',
    name: isolated(String(operation ?? source ?? store ?? '')),
  };
}

/** `5 m`, or `1 m 30 s` where one unit is not enough. */
function durationText(ms: number): string {
  return ms % 60_000 === 0 && ms < 3_600_000 ? past(ms) : countdown(ms);
}
