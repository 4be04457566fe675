/** The labels of a series, by their OpenTelemetry names. */
export type Attributes = Readonly<Record<string, string>>;

/** What both entries say of a metric that is read when somebody collects it. */
export interface Metric {
  /** The OpenTelemetry name. The Prometheus name follows from it, `kind`, `unit` and `isTime`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** As in OpenTelemetry's semantic conventions; empty for a gauge of 0 and 1, and for amounts of several kinds. */
  readonly unit: 's' | `{${string}}` | '';
  /** Whether it is a time since the epoch. */
  readonly isTime?: boolean;
  readonly description: string;
  /** Whether its series are those of keys, with the attribute `key`. */
  readonly hasKey: boolean;
  /** The names of its other attributes, besides `provider` and `pool`; two at most. */
  readonly attributes: readonly string[];
  /** The value of several series whose attributes are equal. */
  readonly merge: 'sum' | 'min' | 'max';
}

/** A value, and those of the metric's `attributes` in their order. Attributes at the end that do not apply are left out. */
export type Reading = readonly [value: number, first?: string | undefined, second?: string | undefined];

/** A metric that is read from a part of `status()`. */
export interface ReadMetric<Source> extends Metric {
  /** Returns the values now: for a counter those of the same series in the same order each time. */
  readonly read: (source: Source) => readonly Reading[];
}

/** A series of a metric as it is collected. */
export interface Sample {
  readonly attributes: Attributes;
  readonly value: number;
}
