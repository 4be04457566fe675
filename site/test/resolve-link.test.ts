import { describe, expect, it } from 'vitest';
import { linkResolver } from '../pages/resolve-link.ts';
import { root } from './site-browser.ts';

const resolve = linkResolver(root, '/base', [
  { file: 'site/landing/en.md', route: '' },
  { file: 'site/landing/pt-BR.md', route: 'pt-br' },
  { file: 'docs/guides/limits.md', route: 'guides/limits' },
  { file: 'docs/guides/tenants.md', route: 'guides/tenants' },
  { file: 'docs/guides/streams.md', route: 'guides/streams' },
  { file: 'docs/pt-BR/guides/streams.md', route: 'pt-br/guides/streams' },
  { file: 'docs/pt-BR/guides/tenants.md', route: 'pt-br/guides/tenants' },
  { file: 'docs/why/decisions/README.md', route: 'why/decisions' },
  { file: 'packages/redis/README.md', route: 'reference/packages/redis' },
]);
const github = 'https://github.com/api-key-fallback/api-key-fallback';

describe('a link of an English page', () => {
  it.each([
    ['tenants.md', '/base/guides/tenants/'],
    ['../guides/tenants.md#a-part', '/base/guides/tenants/#a-part'],
    ['#own-part', '#own-part'],
    ['../why/decisions/', '/base/why/decisions/'],
    ['../why/decisions/README.md', '/base/why/decisions/'],
    ['../../packages/redis', '/base/reference/packages/redis/'],
    ['../pt-BR/guides/tenants.md', '/base/pt-br/guides/tenants/'],
    ['../images/dashboard-light.png', '/base/images/dashboard-light.png'],
    ['../../examples/decorator.ts#L3', `${github}/blob/main/examples/decorator.ts#L3`],
    ['../../examples/demo', `${github}/tree/main/examples/demo`],
    ['../../README.md#use-it', `${github}/blob/main/README.md#use-it`],
    ['https://example.com/a.md', 'https://example.com/a.md'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
  ])('%s', (target, expected) => {
    expect(resolve('docs/guides/limits.md', target)).toBe(expected);
  });

  it('fails when it leads to no file, or out of the repository', () => {
    expect(() => resolve('docs/guides/limits.md', 'limit.md')).toThrow(
      'docs/guides/limits.md: the link limit.md is broken: docs/guides/limit.md does not exist.',
    );
    expect(() => resolve('docs/guides/limits.md', '../../../etc/hosts')).toThrow('is broken');
  });
});

describe('a link of a Portuguese page', () => {
  const from = 'docs/pt-BR/guides/tenants.md';

  it('to a translated page stays in Portuguese', () => {
    expect(resolve(from, 'streams.md')).toBe('/base/pt-br/guides/streams/');
    expect(resolve('site/landing/pt-BR.md', '../../docs/guides/streams.md')).toBe('/base/pt-br/guides/streams/');
  });

  it('to a page without a translation stays among the Portuguese pages', () => {
    expect(resolve(from, '../../guides/limits.md#a-part')).toBe('/base/pt-br/guides/limits/#a-part');
    expect(resolve(from, '../../../packages/redis/README.md')).toBe('/base/pt-br/reference/packages/redis/');
  });

  it('to the English original of a translated page is meant', () => {
    expect(resolve(from, '../../guides/tenants.md')).toBe('/base/guides/tenants/');
  });
});
