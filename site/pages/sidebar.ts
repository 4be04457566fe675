import { basename, dirname } from 'node:path/posix';
import type { StarlightUserConfig } from '@astrojs/starlight/types';
import type { PageSource } from './page-source.ts';

type SidebarItem = NonNullable<StarlightUserConfig['sidebar']>[number];

/** Pages of a folder come in this order, and those that are not named here follow by name. */
const order: Readonly<Record<string, readonly string[]>> = {
  start: ['getting-started', 'set-up'],
  guides: [
    'key-managers',
    'limits',
    'distribute-the-use',
    'tenants',
    'rotate-keys',
    'secret-managers',
    'streams',
    'keyed-fetch',
    'nestjs',
    'shared-state',
    'deploy',
    'test-your-service',
    'metrics-and-traces',
    'alerts',
    'dashboard',
    'command-line',
    'troubleshooting',
    'mistakes',
    'write-a-provider-adapter',
    'write-a-store',
  ],
  reference: [
    'configuration',
    'errors',
    'provider-rules',
    'events',
    'log',
    'status',
    'metrics',
    'alert-rules',
    'command-line',
    'dashboard-api',
  ],
  why: ['concepts', 'which-key-is-next', 'performance', 'comparison', 'coming-from'],
};

function rankOf(route: string): number {
  const rank = order[dirname(route)]?.indexOf(basename(route)) ?? -1;
  return rank === -1 ? Infinity : rank;
}

/** Compares by rank, then by name. */
function byOrder(a: string, b: string): number {
  return rankOf(a) === rankOf(b) ? a.localeCompare(b) : rankOf(a) - rankOf(b);
}

const subfolders = new Set(['reference/api', 'reference/packages', 'why/decisions']);

/** Returns links to the pages directly in a folder, its index first. */
function linksIn(routes: readonly string[], folder: string): SidebarItem[] {
  return routes
    .filter((route) => route === folder || (dirname(route) === folder && !subfolders.has(route)))
    .toSorted((a, b) => Number(b === folder) - Number(a === folder) || byOrder(a, b))
    .map((slug) => ({ slug }));
}

function group(label: string, portuguese: string, items: SidebarItem[], collapsed = false): SidebarItem[] {
  return items.length === 0 ? [] : [{ label, translations: { 'pt-BR': portuguese }, items, collapsed }];
}

/** Returns the rooms of the documentation in their order, with every page once. Of the API it has the pages of the entry points. */
export function sidebarOf(sources: readonly PageSource[], entryPoints: Iterable<string>): SidebarItem[] {
  const routes = sources.map(({ route }) => route).filter((route) => !route.startsWith('pt-br'));
  const names = [...entryPoints].map((name) => name.replace(/^@[^/]+\//, ''));
  const api = names.map((label) => ({ label, slug: `reference/api/${label}` }));
  return [
    ...group('Start', 'Comece', linksIn(routes, 'start')),
    ...group('Guides', 'Guias', linksIn(routes, 'guides')),
    ...group('Recipes', 'Receitas', linksIn(routes, 'recipes')),
    ...group('Reference', 'Referência', [
      ...linksIn(routes, 'reference'),
      ...group('API', 'API', api, true),
      ...group('Packages', 'Pacotes', linksIn(routes, 'reference/packages'), true),
    ]),
    ...group('Why', 'Por quê', [
      ...linksIn(routes, 'why'),
      ...group('Decisions', 'Decisões', linksIn(routes, 'why/decisions'), true),
    ]),
  ];
}
