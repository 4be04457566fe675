import { describe, expect, it } from 'vitest';
import { linkProblems } from '../markdown/link-problems.ts';

const rest = {
  'docs/guides/limits.md':
    '# Limits\n\n## `onExhausted: "wait"` & more\n\n## Names\n\n## Names\n\n<a id="old-name"></a>\n',
  'docs/images/board.png': '',
  'examples/demo/main.ts': '',
};

function problemsOf(page: string): string[] {
  const files: Record<string, string> = { ...rest, 'docs/start/page.md': page };
  return linkProblems(Object.keys(files), (file) => files[file] ?? '');
}

describe('links that lead to something', () => {
  it.each([
    '[page](../guides/limits.md)',
    '[anchor](../guides/limits.md#onexhausted-wait--more)',
    '[second of a name](../guides/limits.md#names-1)',
    '[anchor of HTML](../guides/limits.md#old-name)',
    '# Here it is\n\n[own anchor](#here-it-is)',
    '[folder](../../examples) and [folder](../../examples/demo/)',
    '[line of a file](../../examples/demo/main.ts#L10)',
    '<picture><img alt="" src="../images/board.png"></picture>',
    '[elsewhere](https://example.com/a.md#b), [mail](mailto:a@example.com)',
    '```md\n[in code](nowhere.md)\n```\n\n`[in code](nowhere.md)`',
    '[space](<../images/board.png> "a title")',
  ])('%s', (page) => {
    expect(problemsOf(page)).toEqual([]);
  });
});

describe('links that lead nowhere', () => {
  it.each([
    ['[page](../guides/limit.md)', 'docs/guides/limit.md does not exist'],
    ['[anchor](../guides/limits.md#name)', 'docs/guides/limits.md has no heading with the anchor #name'],
    ['[own anchor](#here)', 'docs/start/page.md has no heading with the anchor #here'],
    ['[folder](../../example/)', 'example does not exist'],
    ['![image](../images/boards.png)', 'docs/images/boards.png does not exist'],
    ['<a href="../guides/limit.md">page</a>', 'docs/guides/limit.md does not exist'],
    ['<picture>\n  <source srcset="../images/dark.png">\n</picture>', 'docs/images/dark.png does not exist'],
    ['[reference]\n\n[reference]: ../guides/limit.md', 'docs/guides/limit.md does not exist'],
    ['| a |\n| --- |\n| [in a table](limit.md) |', 'docs/start/limit.md does not exist'],
    ['[root](/docs/guides/limits.md)', 'write a path that is relative to the page'],
    ['[above the repository](../../../README.md)', '../README.md does not exist'],
  ])('%s', (page, problem) => {
    expect(problemsOf(page)).toEqual([expect.stringContaining(problem)]);
  });

  it('are named with page and line', () => {
    expect(problemsOf('# Page\n\nFirst.\n\n[broken](limit.md)\n')).toEqual([
      'docs/start/page.md:5: the link limit.md is broken: docs/start/limit.md does not exist, or git ignores it',
    ]);
  });
});
