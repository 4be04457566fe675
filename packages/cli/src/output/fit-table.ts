import Table from 'cli-table3';
import type { Style } from './style.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Whether its texts are cut where the table is wider than the terminal: at the end, or in the middle. */
  readonly canShrink?: boolean | 'middle';
  /** Whether it is left out if it is empty in all rows. */
  readonly isOptional?: boolean;
}

/** A cell: its text, and how it looks. */
type Cell = string | { readonly text: string; readonly style?: Style };

/** The cells of a row, in the order of the columns. */
export type Row = readonly Cell[];

interface FitOptions {
  readonly width: number;
  readonly paint: (text: string, style?: Style) => string;
}

const gap = 2;
const narrowest = 8;
/** What stays of the end of a text that is cut in the middle. */
const end = 5;
const lineParts = ['top', 'bottom', 'mid', 'left', 'right', 'middle'] as const;
const joints = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'] as const;
const edges = ['left-mid', 'mid-mid', 'right-mid'] as const;
const noLines = Object.fromEntries([...lineParts, ...joints, ...edges].map((part) => [part, '']));

/** Returns the lines of a borderless table. Shrinks columns to fit the terminal, as far as their minimum widths allow. */
export function fitTable(all: readonly Column[], rows: readonly Row[], { width, paint }: FitOptions): string[] {
  const isShown = all.map(({ isOptional }, index) => !isOptional || rows.some((row) => textOf(row[index]) !== ''));
  const columns = all.filter((_, index) => isShown[index]);
  const shown = rows.map((row) => row.filter((_, index) => isShown[index]));
  const widths = columnWidths(columns, shown, width);
  const cut = (text: string, index: number) => shorten(text, (widths[index] ?? 0) - gap, columns[index]);
  const table = new Table({
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
    colWidths: widths,
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(
    columns.map(({ title }, index) => paint(cut(title, index), 'bold')),
    ...shown.map((row) =>
      row.map((cell, index) => paint(cut(textOf(cell), index), typeof cell === 'string' ? undefined : cell.style)),
    ),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function textOf(cell: Cell = ''): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function columnWidths(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const widths = columns.map(({ title }, index) => {
    const lengths = rows.map((row) => textOf(row[index]).length);
    return gap + lengths.reduce((most, each) => Math.max(most, each), title.length);
  });
  // The gap behind the last column is trimmed.
  let excess = widths.reduce((sum, each) => sum + each, 0) - gap - width;
  while (excess > 0) {
    const widest = Math.max(...widths.filter((_, index) => columns[index]?.canShrink));
    if (!(widest > narrowest + gap)) break;
    widths[widths.findIndex((each, index) => columns[index]?.canShrink && each === widest)] = widest - 1;
    excess--;
  }
  return widths;
}

function shorten(text: string, width: number, column: Column | undefined): string {
  if (text.length <= width) return text;
  // The number of a key is at the end of its label.
  if (column?.canShrink === 'middle') return `${text.slice(0, width - end - 1)}…${text.slice(-end)}`;
  return `${text.slice(0, width - 1)}…`;
}
