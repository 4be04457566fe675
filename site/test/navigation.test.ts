import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docsPages } from './docs-pages.ts';
import { root, startSiteBrowser, type SiteBrowser } from './site-browser.ts';

let browser: SiteBrowser;
let page: Page;

beforeAll(async () => {
  browser = await startSiteBrowser();
  page = await (await browser.open({ viewport: { width: 1440, height: 900 } })).newPage();
});

afterAll(async () => {
  await browser.close();
});

/** Types into the search of a page and follows the result with this title. */
async function followResult(path: string, button: string, title: string): Promise<void> {
  await page.goto(browser.url + path);
  await page.getByRole('button', { name: button }).click();
  await page.locator('#starlight__search input').fill(title);
  await page.locator('#starlight__search').getByRole('link', { name: title, exact: true }).first().click();
}

describe('search', () => {
  it('finds an English page', async () => {
    await followResult('', 'Search', 'Limits');
    await page.waitForURL(`${browser.url}guides/limits/**`);
    expect(await page.locator('h1').textContent()).toBe('Limits');
  });

  it('finds an export', async () => {
    await followResult('', 'Search', 'RedisStore');
    await page.waitForURL(`${browser.url}reference/api/redis/classes/redisstore/**`);
    expect(await page.locator('h1').textContent()).toBe('RedisStore');
  });

  it('finds a Portuguese page', async () => {
    const title = /^# (.+)$/m.exec(readFileSync(join(root, 'docs/pt-BR/guides/shared-state.md'), 'utf8'))?.[1] ?? '';
    await followResult('pt-br/', 'Pesquisar', title);
    await page.waitForURL(`${browser.url}pt-br/guides/shared-state/**`);
    expect(await page.locator('h1').textContent()).toBe(title);
  });
});

describe('languages', () => {
  it.each(['', 'guides/limits/', 'reference/api/core/functions/retrywithapikeyfallback/'])(
    'change on the page /%s',
    async (path) => {
      await page.goto(browser.url + path);
      await page.locator('starlight-lang-select select').first().selectOption({ label: 'Português (Brasil)' });
      await page.waitForURL(`${browser.url}pt-br/${path}`);
      expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR');
      await page.locator('starlight-lang-select select').first().selectOption({ label: 'English' });
      await page.waitForURL(browser.url + path);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
    },
  );

  it('show the translation of a page that has one', async () => {
    const { portuguese } = docsPages();
    expect(portuguese.length).toBeGreaterThan(0);
    for (const path of portuguese) {
      await page.goto(browser.url + path);
      const main = (await page.locator('main').textContent()) ?? '';
      expect([path, main.includes('Este conteúdo não está disponível em sua língua')]).toEqual([path, false]);
    }
  });

  it('show a page without a translation in English', async () => {
    await page.goto(`${browser.url}pt-br/reference/api/core/functions/retrywithapikeyfallback/`);
    expect(await page.locator('main').textContent()).toContain('Decorates a method');
    expect(await page.locator('main').textContent()).toContain('Este conteúdo não está disponível em sua língua');
  });
});

describe('sidebar', () => {
  async function sidebarPaths(): Promise<string[]> {
    const links = await page
      .locator('nav.sidebar .top-level a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    return links.map((href) => href.replace('/api-key-fallback/', ''));
  }

  async function rooms(): Promise<string[]> {
    return page.locator('nav.sidebar .top-level > li > details > summary').allInnerTexts();
  }

  it('has each page of the documentation once', async () => {
    await page.goto(browser.url);
    const paths = await sidebarPaths();
    const { english } = docsPages();
    expect(english.length).toBeGreaterThan(50);
    expect(paths.filter((path) => english.includes(path)).toSorted()).toEqual(english.toSorted());
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('has the same pages in Portuguese', async () => {
    await page.goto(browser.url);
    const paths = await sidebarPaths();
    await page.goto(`${browser.url}pt-br/`);
    expect(await sidebarPaths()).toEqual(paths.map((path) => `pt-br/${path}`));
  });

  it('names the rooms in both languages and in their order', async () => {
    await page.goto(browser.url);
    expect((await rooms()).filter((room) => room !== 'Recipes')).toEqual(['Start', 'Guides', 'Reference', 'Why']);
    await page.goto(`${browser.url}pt-br/`);
    expect((await rooms()).filter((room) => room !== 'Receitas')).toEqual(['Comece', 'Guias', 'Referência', 'Por quê']);
  });
});

it('asked no host but its own', () => {
  expect(browser.foreignRequests).toEqual([]);
});
