import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkProblems } from './markdown/link-problems.ts';
import { repositoryFiles } from './markdown/repository-files.ts';

// Fails on relative links and anchors of any Markdown page of the repository that lead nowhere.

const root = join(import.meta.dirname, '..');
const files = repositoryFiles(root);
const problems = linkProblems(files, (file) => readFileSync(join(root, file), 'utf8'));
console.log([...problems, `Links of ${files.filter((file) => file.endsWith('.md')).length} pages checked.`].join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
