import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docsPages } from './docs-pages.ts';
import { dist, root } from './site-browser.ts';

const address = 'https://api-key-fallback.github.io/api-key-fallback/';

function read(path: string): string {
  return readFileSync(join(dist, path), 'utf8');
}

describe('the API reference', () => {
  it('has a page of the decorator, with its signature and a link to its source', () => {
    const page = read('reference/api/core/functions/retrywithapikeyfallback/index.html');
    expect(page).toContain('Decorates a method: injects the active API key as its first argument');
    expect(page).toContain('href="/api-key-fallback/reference/api/core/interfaces/retryoptions/"');
    expect(page).toMatch(/blob\/main\/packages\/core\/src\/api\/retry-with-api-key-fallback\.ts#L\d+/);
  });

  it('has a page of every entry point of every package', () => {
    const manifests = globSync('packages/*/package.json', { cwd: root });
    const entryPoints = manifests.flatMap((file) => {
      const { name, exports } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string; exports: object };
      return Object.keys(exports).map((path) =>
        join(dirname(name) === '.' ? name : name.slice(dirname(name).length + 1), path),
      );
    });
    expect(entryPoints).toContain('core/adapter');
    expect(entryPoints.filter((path) => !existsSync(join(dist, 'reference/api', path, 'index.html')))).toEqual([]);
  });

  it('has what an entry point exports', () => {
    expect(read('reference/api/redis/index.html')).toContain(
      'href="/api-key-fallback/reference/api/redis/classes/redisstore/"',
    );
  });
});

describe('llms.txt', () => {
  it('lists every page of the documentation', () => {
    const text = read('llms.txt');
    expect(docsPages().english.filter((path) => !text.includes(`](${address}${path}): `))).toEqual([]);
    expect(text).toContain(`${address}llms-full.txt`);
  });

  it('lists no page that does not exist', () => {
    const listed = [...read('llms.txt').matchAll(/\]\(([^)]+)\)/g)].map(([, url = '']) => url.replace(address, ''));
    expect(listed.length).toBeGreaterThan(50);
    expect(listed.filter((path) => !existsSync(join(dist, path)))).toEqual([]);
  });

  it('leads to the text of the pages', () => {
    const [, title = ''] = /^## (.+)$/m.exec(readFileSync(join(root, 'docs/guides/limits.md'), 'utf8')) ?? [];
    expect(read('llms-full.txt')).toContain(`## ${title}`);
    expect(read('llms-small.txt')).toContain(`## ${title}`);
  });
});

it('loads nothing from another host', () => {
  const pages = [
    'index.html',
    'pt-br/index.html',
    'guides/dashboard/index.html',
    ...globSync('_astro/*.css', { cwd: dist }),
  ];
  const loaded =
    /<(?:script|img|iframe|source)[^>]*\ssrc(?:set)?="(?:https?:)?\/\/|rel="(?:stylesheet|preload|preconnect)"[^>]*href="(?:https?:)?\/\/|url\(["']?(?:https?:)?\/\/|@import/;
  expect(pages.filter((path) => loaded.test(read(path)))).toEqual([]);
});
