import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pathOf, pathsOf } from './file-store-files.ts';
import { cooling, emptyDirectory, found } from './file-store-requests.ts';
import { leave, makeOld } from './left-files.ts';

describe('FileStore with files of a newer version', () => {
  it.each([
    ['an unknown field', { operatorNote: 'x' }],
    ['an unknown reason', { disabled: 'billing-stopped' }],
  ])('uses a file with %s, and leaves it to the newer version that wrote it', async (_, field) => {
    const directory = await emptyDirectory();
    await leave(directory);
    const path = await pathOf(directory, '.health.');
    const known = JSON.parse(await readFile(path, 'utf8'));
    known.records.push(['b', { ...cooling(7), ...field }]);
    const text = JSON.stringify(known);
    await writeFile(path, text);
    const { records } = await found(directory);
    expect(records['a']).toEqual(cooling(5));
    expect(await readFile(path, 'utf8')).toBe(text);
    await makeOld(path, 40);
    await found(directory);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('adds nothing to a compacted file of a newer version', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    await found(directory);
    const path = await pathOf(directory, '.folded.1.json');
    const text = JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), byDay: [] });
    await writeFile(path, text);
    await leave(directory);
    expect((await found(directory)).totals).toEqual({ a: [2] });
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await pathsOf(directory, '.usage.')).toHaveLength(1);
  });
});
