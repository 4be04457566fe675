import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergeLines } from './merge-lines.ts';
import type { PlannedFile } from './plan-files.ts';

/** What has become of a file: `kept` if it exists and stays as it is, `same` if it lacked nothing. */
export interface WrittenFile {
  readonly path: string;
  readonly result: 'written' | 'extended' | 'replaced' | 'kept' | 'same';
}

/** Writes files into a folder. Those that exist are only extended by lines, or replaced with `isForced`. */
export function writeFiles(
  folder: string,
  files: readonly PlannedFile[],
  { isForced }: { readonly isForced: boolean },
): readonly WrittenFile[] {
  return files.map((file) => {
    const path = join(folder, file.path);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const after = 'lines' in file ? mergeLines(before ?? '', file.lines) : file.text;
    const result = resultOf(file, before, after, isForced);
    if (result === 'kept' || result === 'same') return { path: file.path, result };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, after);
    return { path: file.path, result };
  });
}

function resultOf(
  file: PlannedFile,
  before: string | undefined,
  after: string,
  isForced: boolean,
): WrittenFile['result'] {
  if (before === undefined) return 'written';
  if (before === after) return 'same';
  if ('lines' in file) return 'extended';
  return isForced ? 'replaced' : 'kept';
}
