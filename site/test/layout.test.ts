import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docsPages } from './docs-pages.ts';
import { startSiteBrowser, type SiteBrowser } from './site-browser.ts';

const widths = [360, 800, 1440];
const { english, portuguese } = docsPages();
const apiPages = [
  'reference/api/core/',
  'reference/api/core/interfaces/retryoptions/',
  'reference/api/core/classes/apikeymanager/',
];
const samples = ['', 'pt-br/', 'guides/limits/', 'reference/configuration/', 'pt-br/guides/dashboard/', ...apiPages];

let browser: SiteBrowser;

beforeAll(async () => {
  browser = await startSiteBrowser();
});

afterAll(async () => {
  await browser.close();
});

async function openPage(path: string, width = 1440): Promise<Page> {
  const context = await browser.open({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(browser.url + path);
  return page;
}

/** Returns how many pixels the page is wider than the window. */
async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('layout', () => {
  it('has no page that scrolls sideways', async () => {
    const page = await openPage('');
    const tooWide: string[] = [];
    const paths = ['', 'pt-br/', ...english, ...portuguese, ...apiPages, '404.html'];
    for (const path of paths) {
      await page.goto(browser.url + path);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        if ((await overflowOf(page)) > 0) tooWide.push(`${path} at ${width}`);
      }
    }
    await page.context().close();
    expect(paths.length).toBeGreaterThan(50);
    expect(tooWide).toEqual([]);
  });

  it('notices content that is too wide', async () => {
    const page = await openPage('guides/limits/', 360);
    await page.evaluate(() => document.querySelector('.sl-markdown-content')?.setAttribute('style', 'width: 500px'));
    expect(await overflowOf(page)).toBeGreaterThan(0);
    await page.context().close();
  });

  it.each([
    { width: 360, hasButton: true },
    { width: 800, hasButton: false },
    { width: 1440, hasButton: false },
  ])('shows the sidebar at $width px, behind a button where it has no room', async ({ width, hasButton }) => {
    const page = await openPage('', width);
    const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Limits', exact: true });
    expect(await link.isVisible()).toBe(!hasButton);
    if (hasButton) await page.getByRole('button', { name: 'Menu' }).click();
    await link.click();
    await page.waitForURL('**/guides/limits/');
    expect(await page.locator('h1').textContent()).toBe('Limits');
    await page.context().close();
  });
});

describe('contrast', () => {
  it.each(['light', 'dark'] as const)('meets WCAG AA with the %s theme', async (colorScheme) => {
    const context = await browser.open({ viewport: { width: 1440, height: 900 }, colorScheme });
    const page = await context.newPage();
    for (const path of samples) {
      await page.goto(browser.url + path);
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
      const { passes, violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
      expect(passes[0]?.nodes.length).toBeGreaterThan(20);
      expect(
        violations.flatMap(({ nodes }) =>
          nodes.map(({ html, failureSummary }) => `${path}: ${html} ${failureSummary}`),
        ),
      ).toEqual([]);
    }
    await context.close();
  });
});

it('asked no host but its own', () => {
  expect(browser.foreignRequests).toEqual([]);
});
