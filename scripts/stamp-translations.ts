import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { englishPageOf, translationProblems, withStamp } from './markdown/translation-problems.ts';

// Writes into the last line of translated pages which English text they translate: run it after translating a change.

const root = join(import.meta.dirname, '..');

function stamp(argument: string): string[] {
  const file = relative(root, join(root, argument)).replaceAll('\\', '/');
  const source = englishPageOf(file);
  if (source === undefined || !existsSync(join(root, file))) {
    return [`${argument} is not a translated page. Name one, such as docs/pt-BR/guides/limits.md or README.pt-BR.md.`];
  }
  const translation = readFileSync(join(root, file), 'utf8');
  if (!existsSync(join(root, source))) return translationProblems(file, translation, undefined);
  const english = readFileSync(join(root, source), 'utf8');
  const stamped = withStamp(translation, source, english);
  writeFileSync(join(root, file), stamped);
  console.log(`${file} translates ${source} as it is now.`);
  return translationProblems(file, stamped, english);
}

const pages = process.argv.slice(2);
const problems =
  pages.length > 0
    ? pages.flatMap(stamp)
    : ['Name the pages that you translated: npx pnpm@12 run docs:translations docs/pt-BR/guides/limits.md'];
if (problems.length > 0) console.error(problems.join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
