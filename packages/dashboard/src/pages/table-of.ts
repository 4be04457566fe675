import type { Table } from '../protocol/pool-head.ts';

/** Makes a table of rows, in their order. */
export function tableOf<Row>(rows: readonly Row[], idOf: (row: Row) => string): Table<Row> {
  return { order: rows.map(idOf), rows: Object.fromEntries(rows.map((row) => [idOf(row), row])) };
}
