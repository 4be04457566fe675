import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import type { PageSource } from './page-source.ts';

export const repositoryUrl = 'https://github.com/api-key-fallback/api-key-fallback';

export type ResolveLink = (file: string, target: string) => string;

/**
 * Returns a function that turns a link of a Markdown file into one of the site: to a page of the site, to an image of `docs/images`, or
 * to a file on GitHub. It throws an Error for a link that leads to no file.
 */
export function linkResolver(root: string, base: string, sources: readonly PageSource[]): ResolveLink {
  const routes = new Map(sources.map(({ file, route }) => [file, route]));
  const addresses = new Set(routes.values());
  const addressOf = (route: string): string => join('/', base, route, '/');

  function pageOf(file: string, linked: string): string | undefined {
    const route = routes.get(linked) ?? routes.get(join(linked, 'README.md'));
    if (route === undefined) return undefined;
    const portuguese = join('pt-br', route);
    const isFromPortuguese = /^docs\/pt-BR\/|^site\/landing\/pt-BR\.md$/.test(file);
    if (!isFromPortuguese || route === 'pt-br' || route.startsWith('pt-br/')) return addressOf(route);
    // A translation that links to the English original of another one means it. A page without a translation exists among the
    // Portuguese pages too: its text is English, its navigation is not.
    const isMeant = addresses.has(portuguese) && file.startsWith('docs/');
    return addressOf(isMeant ? route : portuguese);
  }

  return (file, target) => {
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/|#)/i.test(target)) return target;
    const [path = '', anchor] = target.split('#', 2);
    const hash = anchor === undefined ? '' : `#${anchor}`;
    const linked = normalize(join(dirname(file), decodeURI(path))).replace(/(?<=.)\/$/, '');
    const page = pageOf(file, linked);
    if (page !== undefined) return page + hash;
    if (linked.startsWith('../') || !existsSync(join(root, linked))) {
      throw new Error(`${file}: the link ${target} is broken: ${linked} does not exist.`);
    }
    if (linked.startsWith('docs/images/')) return join('/', base, linked.slice('docs/'.length));
    const kind = statSync(join(root, linked)).isDirectory() ? 'tree' : 'blob';
    return `${repositoryUrl}/${kind}/main/${linked}${hash}`;
  };
}
