import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFiles } from './markdown/repository-files.ts';
import { englishPageOf, translationProblems } from './markdown/translation-problems.ts';

// Fails when a translated page is older than its English page, or when it lacks a part of it.

const root = join(import.meta.dirname, '..');

function read(file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

const pages = repositoryFiles(root).filter((file) => englishPageOf(file) !== undefined);
const problems = pages.flatMap((file) => translationProblems(file, read(file) ?? '', read(englishPageOf(file) ?? '')));
console.log([...problems, `${pages.length} translated pages checked.`].join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
