import { createHash } from 'node:crypto';
import { readMarkdown } from './read-markdown.ts';

const stampPattern = /<!-- source: (\S+) sha256:([0-9a-f]{16}) -->\s*$/;

/** Returns the English page of a translated one, or undefined for a page that is not a translation. */
export function englishPageOf(file: string): string | undefined {
  if (file === 'README.pt-BR.md') return 'README.md';
  return file.startsWith('docs/pt-BR/') && file.endsWith('.md') ? file.replace('docs/pt-BR/', 'docs/') : undefined;
}

function digestOf(english: string): string {
  return createHash('sha256').update(english.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);
}

/** Returns the translation with a last line that says which English text it translates. */
export function withStamp(translation: string, source: string, english: string): string {
  const text = translation.replace(stampPattern, '').trimEnd();
  return `${text}\n\n<!-- source: ${source} sha256:${digestOf(english)} -->\n`;
}

const kindOf = (part: string | undefined): string | undefined => part?.replace(/^(#+) .*/s, '$1');

/** Finds the first heading or code block that differs. A translation may add sections at its end. */
function differenceOf(english: string, translation: string): string | undefined {
  const expected = readMarkdown(english).parts;
  const actual = readMarkdown(translation).parts;
  const at = expected.findIndex((part, index) => kindOf(part) !== kindOf(actual[index]));
  if (at !== -1) return `where the English page has “${expected[at]}”, it has ${found(actual[at])}`;
  const more = actual[expected.length];
  return more === undefined || more.startsWith('#')
    ? undefined
    : `after the end of the English page it has ${found(more)}`;
}

function found(part: string | undefined): string {
  return part === undefined ? 'nothing more' : `“${part}”`;
}

/**
 * Returns what is wrong with a translation, as sentences that say what to do.
 *
 * @param english - The text of the English page, or undefined if it does not exist.
 */
export function translationProblems(file: string, translation: string, english: string | undefined): string[] {
  const source = englishPageOf(file);
  if (english === undefined)
    return [`${file}: its English page ${source} does not exist. Move or delete the translation.`];
  const stampIt = `run: npx pnpm@12 run docs:translations ${file}`;
  const [, stampedSource, digest] = stampPattern.exec(translation) ?? [];
  const problems: string[] = [];
  if (digest === undefined) {
    problems.push(
      `${file}: its last line does not say which text it translates. Compare it with ${source}, then ${stampIt}`,
    );
  } else if (stampedSource !== source) {
    problems.push(
      `${file}: its last line names ${stampedSource} instead of ${source}. Compare it with ${source}, then ${stampIt}`,
    );
  } else if (digest !== digestOf(english)) {
    problems.push(`${file}: ${source} has changed since. Translate the change, then ${stampIt}`);
  }
  const difference = differenceOf(english, translation);
  if (difference !== undefined) {
    problems.push(
      `${file}: its headings and code blocks differ from ${source}: ${difference}. Translate what is missing.`,
    );
  }
  return problems;
}
