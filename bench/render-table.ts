import type { Judgement } from './judge-budget.ts';
import type { Table } from './report.ts';

/** A table as rows of cells, the heading first. */
export type Cells = readonly (readonly string[])[];

/** Formats a number with about three significant digits. */
function show(value: number | undefined): string {
  if (value === undefined) return '';
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function tableCells({ columns, rows }: Table): Cells {
  const body = rows.map(({ name, values }) => [name, ...columns.map((_, index) => show(values[index]))]);
  return [['', ...columns], ...body];
}

function amount(value: number, unit: string): string {
  return `${value.toLocaleString('en')} ${unit}`;
}

export function budgetCells(judgements: readonly Judgement[]): Cells {
  const body = judgements.map(({ measure, value, limit, unit, aim, worst = '', isMet, isBroken }) => {
    const state = isMet ? 'met' : isBroken ? 'broken' : 'missed';
    const wanted = aim === undefined ? '' : amount(aim, unit);
    return [measure, `${show(value)} ${unit}`, amount(limit, unit), state, wanted, worst];
  });
  return [['', 'measured', 'at most', '', 'aim', 'worst'], ...body];
}

/** Renders a table for a terminal: the first column left-aligned, the others right-aligned. */
export function plainTable(cells: Cells): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cells.map((row) => `  ${row.map(pad).join('  ')}`).join('\n');
}

export function markdownTable(cells: Cells): string {
  const [heading = [], ...body] = cells;
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(heading), line(heading.map((_, column) => (column === 0 ? '---' : '---:'))), ...body.map(line)].join(
    '\n',
  );
}
