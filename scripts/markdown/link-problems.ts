import { dirname, join, normalize } from 'node:path/posix';
import { readMarkdown, type Link, type Markdown } from './read-markdown.ts';

function withFolders(files: readonly string[]): Set<string> {
  const paths = new Set(['.', ...files]);
  for (const file of files) {
    for (let folder = dirname(file); !paths.has(folder); folder = dirname(folder)) paths.add(folder);
  }
  return paths;
}

/**
 * Finds the relative links of Markdown pages that lead to no file, no folder or no heading of the repository.
 *
 * @param files - All files of the repository, by their paths from its root.
 * @param read - Reads one of them.
 */
export function linkProblems(files: readonly string[], read: (file: string) => string): string[] {
  const paths = withFolders(files);
  const pages = new Map<string, Markdown>();
  function pageOf(file: string): Markdown {
    const page = pages.get(file) ?? readMarkdown(read(file));
    pages.set(file, page);
    return page;
  }
  function problemOf(file: string, { target }: Link): string | undefined {
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target)) return undefined;
    if (target.startsWith('/')) return 'write a path that is relative to the page';
    const [path = '', anchor = ''] = decodeURI(target).split('#', 2);
    const linked = path === '' ? file : normalize(join(dirname(file), path)).replace(/(?<=.)\/$/, '');
    if (!paths.has(linked)) return `${linked} does not exist, or git ignores it`;
    if (anchor === '' || !linked.endsWith('.md') || pageOf(linked).anchors.has(anchor)) return undefined;
    return `${linked} has no heading with the anchor #${anchor}`;
  }
  return files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      pageOf(file).links.flatMap((link) => {
        const problem = problemOf(file, link);
        return problem === undefined ? [] : [`${file}:${link.line}: the link ${link.target} is broken: ${problem}`];
      }),
    );
}
