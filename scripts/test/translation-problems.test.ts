import { describe, expect, it } from 'vitest';
import { englishPageOf, translationProblems, withStamp } from '../markdown/translation-problems.ts';

const file = 'docs/pt-BR/guides/limits.md';
const source = 'docs/guides/limits.md';
const english = '# Limits\n\nSay how much.\n\n```ts\nlimit();\n```\n\n## Where\n\n### Sources\n\nHeaders.\n';
const portuguese = '# Limites\n\nDiga quanto.\n\n```ts\nlimit();\n```\n\n## Onde\n\n### Fontes\n\nCabeçalhos.\n';
const stamped = withStamp(portuguese, source, english);

function problemsOf(translation: string, text: string | undefined = english): string {
  return translationProblems(file, translation, text).join('\n');
}

describe('a translated page', () => {
  it('belongs to the English page of the same room and name', () => {
    expect(englishPageOf(file)).toBe(source);
    expect(englishPageOf('README.pt-BR.md')).toBe('README.md');
    expect(englishPageOf('docs/guides/limits.md')).toBeUndefined();
    expect(englishPageOf('docs/pt-BR/images/board.png')).toBeUndefined();
  });

  it('is right when its last line has the digest of the English text', () => {
    // The first 16 digits that `sha256sum` prints for this text.
    expect(stamped).toMatch(/\nCabeçalhos\.\n\n<!-- source: docs\/guides\/limits\.md sha256:b5186cfc3a4737cd -->\n$/);
    expect(problemsOf(stamped)).toBe('');
  });

  it('is right with any kind of line ends', () => {
    expect(problemsOf(stamped, english.replaceAll('\n', '\r\n'))).toBe('');
  });

  it('keeps one last line when it is stamped again', () => {
    expect(withStamp(stamped, source, english)).toBe(stamped);
    expect(withStamp(stamped, source, `${english}More.\n`).match(/<!-- source:/g)).toHaveLength(1);
  });

  it('fails when the English page has changed', () => {
    expect(problemsOf(stamped, english.replace('how much', 'how often'))).toBe(
      'docs/pt-BR/guides/limits.md: docs/guides/limits.md has changed since. Translate the change, then run: ' +
        'npx pnpm@12 run docs:translations docs/pt-BR/guides/limits.md',
    );
  });

  it('fails without a last line that says what it translates', () => {
    const problem =
      /its last line does not say which text it translates\. Compare it .* run docs:translations docs\/pt-BR/;
    expect(problemsOf(portuguese)).toMatch(problem);
    expect(problemsOf(`${stamped}\nOne more paragraph.\n`)).toMatch(problem);
  });

  it('fails when its last line names another page', () => {
    expect(problemsOf(stamped.replace(`source: ${source}`, 'source: docs/guides/limit.md'))).toContain(
      'names docs/guides/limit.md instead of docs/guides/limits.md',
    );
  });

  it('fails when its English page does not exist', () => {
    expect(translationProblems(file, stamped, undefined)).toEqual([
      `${file}: its English page ${source} does not exist. Move or delete the translation.`,
    ]);
  });
});

describe('a translated page that lost a part', () => {
  it('fails without a heading', () => {
    expect(problemsOf(stamped.replace('### Fontes\n', ''))).toContain(
      'where the English page has “### Sources”, it has nothing more',
    );
  });

  it('fails with a heading of another level', () => {
    expect(problemsOf(stamped.replace('## Onde', '### Onde'))).toContain('has “## Where”, it has “### Onde”');
  });

  it('fails without a code block', () => {
    expect(problemsOf(stamped.replace(/```ts.*?```\n/s, ''))).toContain('has “code block (ts)”, it has “## Onde”');
  });

  it('fails with one code block too many, but may add a section at its end', () => {
    const more = portuguese + '\n```sh\nls\n```\n';
    expect(problemsOf(withStamp(more, source, english))).toContain('it has “code block (sh)”');
    const section = portuguese + '\n## Para quem vem do Python\n\n```sh\nls\n```\n';
    expect(problemsOf(withStamp(section, source, english))).toBe('');
  });

  it('does not take a comment of a code block for a heading', () => {
    const commented = (text: string, comment: string) => text.replace('limit();', `# ${comment}\nlimit();`);
    const translated = withStamp(commented(portuguese, 'limite\n# outra linha'), source, commented(english, 'a limit'));
    expect(problemsOf(translated, commented(english, 'a limit'))).toBe('');
  });
});
