import { callDuration, callKeysTried } from '../../packages/telemetry/src/model/call-metrics.ts';
import { metrics } from '../../packages/telemetry/src/model/metrics.ts';

/** What the names and labels of a metric follow from. */
interface Named {
  /** The OpenTelemetry name. */
  readonly name: string;
  readonly unit: string;
  readonly kind?: 'counter' | 'gauge';
  readonly isTime?: boolean;
  readonly hasKey?: boolean;
}

const all: readonly Named[] = [...metrics, callDuration, callKeysTried];

/**
 * Returns what selects the series of a metric in PromQL, by the names that prom-client and the exporters of OpenTelemetry give it: some
 * of these leave out the unit or `_total`.
 *
 * @param name The OpenTelemetry name without `api_key_fallback.`, with the part of a histogram: `call.duration_bucket`.
 * @param matchers Further conditions, such as `outcome="success"`.
 */
export function selector(name: string, ...matchers: readonly string[]): string {
  const [, ofMetric = '', part = ''] = /^(.*?)(_bucket|_count|_sum)?$/.exec(`api_key_fallback.${name}`) ?? [];
  const metric = all.find((known) => known.name === ofMetric);
  if (!metric) throw new Error(`There is no metric ${ofMetric}.`);
  const keys = metric.hasKey ? ['key=~"$key"'] : [];
  const names = `__name__=~"${ofMetric.replaceAll('.', '_')}${suffixesOf(metric)}${part}"`;
  return `{${[names, 'provider=~"$provider"', ...keys, ...matchers].join(', ')}}`;
}

function suffixesOf({ unit, kind, isTime }: Named): string {
  return (
    (isTime ? '(_timestamp)?' : '') + (unit === 's' ? '(_seconds)?' : '') + (kind === 'counter' ? '(_total)?' : '')
  );
}
