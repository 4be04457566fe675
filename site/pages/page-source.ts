import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { slug } from 'github-slugger';

/** A Markdown file, by its path from the root of the repository, and the address of its page below the site's. */
export interface PageSource {
  file: string;
  route: string;
}

/** Where TypeDoc writes, from the root of the repository. */
export const apiFolder = 'site/.generated/api';

export const landingPages: readonly PageSource[] = [
  { file: 'site/landing/en.md', route: '' },
  { file: 'site/landing/pt-BR.md', route: 'pt-br' },
];

function routeOf(path: string): string {
  const named = path.replace(/\.md$/, '').replace(/(^|\/)README$/, '');
  return named
    .split('/')
    .map((part) => slug(part))
    .filter(Boolean)
    .join('/');
}

/** Returns the pages of the documentation, the packages and the API. An index of `docs` itself would be the landing page. */
export function listPageSources(root: string): PageSource[] {
  const list = (pattern: string): string[] =>
    globSync(pattern, { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  const docs = list('docs/**/*.md').map((file) => ({ file, route: routeOf(file.slice('docs/'.length)) }));
  const packages = list('packages/*/README.md').map((file) => {
    const { name } = JSON.parse(readFileSync(join(root, dirname(file), 'package.json'), 'utf8')) as { name: string };
    return { file, route: join('reference/packages', routeOf(name.split('/').at(-1) ?? name)) };
  });
  const api = list(`${apiFolder}/**/*.md`).map((file) => ({
    file,
    route: join('reference/api', routeOf(file.slice(apiFolder.length + 1))),
  }));
  const landing = landingPages.filter(({ file }) => existsSync(join(root, file)));
  const others = [...docs, ...packages, ...api].filter(({ route }) => route !== '' && route !== 'pt-br');
  return withoutCollisions([...landing, ...others]);
}

function withoutCollisions(sources: PageSource[]): PageSource[] {
  const files = new Map<string, string>();
  for (const { file, route } of sources) {
    const other = files.get(route);
    if (other !== undefined)
      throw new Error(`${other} and ${file} would both be the page /${route}/. Rename one of them.`);
    files.set(route, file);
  }
  return sources;
}
