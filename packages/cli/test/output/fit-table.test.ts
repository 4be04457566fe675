import { describe, expect, it } from 'vitest';
import { fitTable, type Column } from '../../src/output/fit-table.ts';

const columns: readonly Column[] = [
  { title: 'KEY', canShrink: 'middle' },
  { title: 'STATE', canShrink: true },
  { title: 'TODAY', align: 'right' },
  { title: 'LIMIT', isOptional: true },
];
const paint = (text: string): string => text;

describe('fitTable', () => {
  it('aligns the columns, and leaves out one that is empty', () => {
    const rows = [
      ['A', 'healthy', '7', ''],
      ['LONGER', 'cooling', '1200', ''],
    ];
    expect(fitTable(columns, rows, { width: 80, paint })).toEqual([
      'KEY     STATE    TODAY',
      'A       healthy      7',
      'LONGER  cooling   1200',
    ]);
  });

  it('cuts long texts until the table fits, and keeps the end of a label', () => {
    const rows = [['AZURE_OPENAI_API_KEY_12', 'disabled: refused by the provider', '7', '']];
    const lines = fitTable(columns, rows, { width: 40, paint });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines[1]).toBe('AZURE_OPE…EY_12  disabled: refus…      7');
  });

  it('measures texts without their colours', () => {
    const colored = (text: string, style?: unknown) => (style === 'red' ? `\u001B[31m${text}\u001B[39m` : text);
    const rows = [['A', { text: 'disabled', style: 'red' as const }, '7', '']];
    expect(fitTable(columns, rows, { width: 20, paint: colored })[1]).toBe('A    \u001B[31mdisabled\u001B[39m      7');
  });
});
