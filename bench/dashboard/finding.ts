/** A figure, and what it may be at most. */
export interface Finding {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'kB' | 'kB/s' | 'MB' | 'calls/s';
  readonly bar?: number;
}

/** The findings of one part. */
export interface Findings {
  readonly title: string;
  /** How it was measured. */
  readonly about: string;
  readonly rows: readonly Finding[];
  /** What was skipped, and why. */
  readonly leftOut?: string;
}

function shown(value: number, unit: Finding['unit']): string {
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit}`;
}

/** The findings as rows of cells, the heading first. */
export function findingCells(rows: readonly Finding[]): readonly (readonly string[])[] {
  const body = rows.map(({ name, value, unit, bar }) => {
    if (bar === undefined) return [name, shown(value, unit), '', ''];
    return [name, shown(value, unit), shown(bar, unit), value <= bar ? 'ok' : 'miss'];
  });
  return [['', 'measured', 'at most', ''], ...body];
}
