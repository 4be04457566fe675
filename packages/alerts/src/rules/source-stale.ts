import { withDefaults, type Rule, type RuleOptions } from './rule.ts';
import { sourceFails } from './source-fails.ts';

/** Options of `source.stale`. */
export interface SourceStaleOptions extends RuleOptions {
  /** How old the last list of keys may get while loads fail, in ms. @default 900_000, three times the default of `refresh.everyMs` */
  readonly afterMs?: number;
}

/** The key source cannot be read. A source that is not asked again is not stale. */
export function sourceStale(options: SourceStaleOptions): Rule {
  const { afterMs = 900_000 } = options;
  return {
    name: 'source.stale',
    ...withDefaults(options, { severity: 'warning', forMs: 60_000 }),
    options: { afterMs },
    isMutedByOutage: false,
    evaluate({ source }, { nowMs }) {
      if (!source || !sourceFails(source)) return [];
      const { name, lastSuccessAtMs } = source;
      if (lastSuccessAtMs === undefined) return [{ values: { source: name } }];
      return nowMs - lastSuccessAtMs >= afterMs ? [{ values: { source: name, lastSuccessAtMs } }] : [];
    },
  };
}
