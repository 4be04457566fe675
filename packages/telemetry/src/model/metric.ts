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
  /** The names of its other attributes, besides `provider` and `pool`. */
  readonly attributes: readonly string[];
  /** The value of several series whose attributes are equal. */
  readonly merge: 'sum' | 'min' | 'max';
}

/** The values of a metric's `attributes` in their order. Those at the end that do not apply are left out. */
export type AttributeValues = readonly string[];

/** A series that each source has. */
export interface Column<Source> {
  readonly attributes: AttributeValues;
  /** Returns its value now; `undefined` for none. */
  readonly read: (source: Source) => number | undefined;
}

/** A metric with the same series for each source. There are 10,000 keys to read, so nothing is made for each value. */
export interface ColumnMetric<Source> extends Metric {
  readonly columns: readonly Column<Source>[];
}

/** Takes a value with the attributes of its series. */
export type Add = (attributes: AttributeValues, value: number) => void;

/** A metric whose series depend on the source. */
export interface ListMetric<Source> extends Metric {
  /** Calls `add` with each value now. */
  readonly list: (source: Source, add: Add) => void;
}

/** A series of a metric as it is collected. */
export interface Sample {
  readonly attributes: Attributes;
  readonly value: number;
}
