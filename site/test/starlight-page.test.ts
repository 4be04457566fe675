import { describe, expect, it } from 'vitest';
import { toStarlightPage } from '../pages/starlight-page.ts';

function bodyOf(markdown: string): string {
  return toStarlightPage(`# Title\n\n${markdown}\n`, (target) => `/site/${target}`).body;
}

describe('toStarlightPage', () => {
  it('takes the title from the first heading and the description from the first paragraph', () => {
    const text = '<!-- note -->\n\n# Keyed `fetch`\n\n> quoted\n\nA `fetch` that\nsends [the key](a.md).\n\n## More\n';
    const page = toStarlightPage(text, (target) => target);
    expect(page.title).toBe('Keyed fetch');
    expect(page.description).toBe('A fetch that sends the key.');
    expect(page.body).not.toContain('# Keyed');
    expect(page.body).toContain('## More');
  });

  it('passes over the source that TypeDoc names first', () => {
    const text = '# store\n\n> signature\n\nDefined in: [a.ts:1](a.ts)\n\nKeeps state.\n';
    expect(toStarlightPage(text, (target) => target).description).toBe('Keeps state.');
  });

  it('fails without a title', () => {
    expect(() => toStarlightPage('Text.\n', (target) => target)).toThrow('Begin the page with a heading');
  });

  it('removes the last line of a translation', () => {
    expect(bodyOf('Texto.\n\n<!-- source: docs/guides/limits.md sha256:0123456789abcdef -->')).toBe('Texto.');
  });

  it.each([
    ['[limits](limits.md#a)', '[limits](/site/limits.md#a)'],
    ['[limits.md](limits.md "a title")', '[limits.md](/site/limits.md "a title")'],
    ['[`a` and **b**](c.md) [d](e.md)', '[`a` and **b**](/site/c.md) [d](/site/e.md)'],
    ['![image](board.png)', '![image](/site/board.png)'],
    ['[![image](board.png)](page.md)', '[![image](/site/board.png)](/site/page.md)'],
    ['[a]\n\n[a]: b.md', '[a]\n\n[a]: /site/b.md'],
    ['| a |\n| --- |\n| [b](c.md) |', '| a |\n| --- |\n| [b](/site/c.md) |'],
    ['<a href="a.md"><img src="b.png"></a>', '<a href="/site/a.md"><img src="/site/b.png"></a>'],
    ['```md\n[a](b.md)\n```', '```md\n[a](b.md)\n```'],
    ['`[a](b.md)`', '`[a](b.md)`'],
  ])('rewrites only the targets of %s', (markdown, expected) => {
    expect(bodyOf(markdown)).toBe(expected);
  });
});
