import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { inEachWay } from './in-each-way.ts';
import { call, startScene, type Scene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const labels = Array.from({ length: 200 }, (_, index) => `tenant-${String(index + 1).padStart(3, '0')}`);
/** Up to this width the rows are cards, which have no headers to sort by. */
const widestWithCards = 1200;
const outForAnHour = { kind: 'rate-limited', retryAfterMs: 3_600_000 } as const;

/** 200 keys, of which tenant-150 has made three attempts and the first 22 cool down. */
async function bigScene(): Promise<Scene> {
  const scene = await startScene({ pools: [{ provider: 'bulk', keys: labels }] });
  const manager = scene.manager('bulk');
  manager.prefer({ keyId: scene.key('tenant-150', 'bulk').keyId });
  for (let calls = 0; calls < 3; calls++) await call(manager);
  manager.endPreference();
  for (let calls = 0; calls < 11; calls++) {
    await call(manager, Object.fromEntries(labels.slice(0, 22).map((label) => [label, outForAnHour])));
  }
  return scene;
}

function table(page: Page) {
  return page.getByRole('region', { name: 'Keys and limits' }).getByRole('table');
}

/** Waits until the table begins with these keys. */
async function expectKeys(page: Page, expected: readonly string[], range: string): Promise<void> {
  await expectShown(page.getByRole('navigation', { name: 'Keys and limits' }).getByText(range));
  const links = table(page).getByRole('link');
  await expectShown(...expected.map((label, index) => links.nth(index).filter({ hasText: label })));
}

describe.skipIf(!hasChromium())('a page of 200 keys', () => {
  it('keeps filter, order, search and page in the address at each width by mouse and by keyboard', async () => {
    const scene = await bigScene();
    const page = await open(scene.link('/provider/bulk'));
    await expectKeys(page, ['tenant-001', 'tenant-002'], '1–20 of 200');
    expect(await table(page).getByRole('link').count()).toBe(20);
    await inEachWay(page, async ({ hand, width }) => {
      await hand.choose(page.getByRole('combobox', { name: 'State' }), 'Cooling (22)');
      await expectKeys(page, ['tenant-001', 'tenant-002'], '1–20 of 22');
      await hand.press(page.getByRole('button', { name: 'Next', exact: true }));
      await expectKeys(page, ['tenant-021', 'tenant-022'], '21–22 of 22');
      expect(page.url()).toBe(`${scene.url}#/provider/bulk?state=cooling&keys=2`);
      await page.reload();
      await expectKeys(page, ['tenant-021', 'tenant-022'], '21–22 of 22');
      await hand.choose(page.getByRole('combobox', { name: 'State' }), 'All states (200)');

      await hand.write(page.getByRole('searchbox'), 'tenant-1');
      await expectKeys(page, ['tenant-100', 'tenant-101'], '1–20 of 100');
      if (width > widestWithCards) await hand.press(page.getByRole('button', { name: 'Attempts, 1 h' }));
      else await hand.choose(page.getByRole('combobox', { name: 'Sort by' }), 'Attempts, 1 h');
      await expectKeys(page, ['tenant-150', 'tenant-100'], '1–20 of 100');
      const address = `${scene.url}#/provider/bulk?search=tenant-1&sort=attempts&order=desc`;
      expect(page.url()).toBe(address);

      await hand.press(page.getByRole('link', { name: 'Events' }).first());
      await expectShown(page.getByRole('heading', { level: 1, name: 'Events' }));
      await page.goBack();
      await expectKeys(page, ['tenant-150', 'tenant-100'], '1–20 of 100');
      expect(page.url()).toBe(address);
      expect(await page.getByRole('searchbox').inputValue()).toBe('tenant-1');
      await page.goto(`${scene.url}#/provider/bulk`);
    });
  });
});
