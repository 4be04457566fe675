import { describe, expect, it } from 'vitest';
import { BreakableStore } from './breakable-store.ts';
import { accessibilityFaults } from './accessibility-faults.ts';
import { expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { call, startScene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

describe.skipIf(!hasChromium())('axe finds nothing', () => {
  it('in a page without a key manager', async () => {
    const scene = await startScene({ pools: [] });
    const page = await open(scene.link());
    await expectShown(page.getByRole('heading', { name: 'No key manager yet' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('where alerts are not set up', async () => {
    const scene = await startScene();
    const page = await open(scene.link('/alerts'));
    await expectShown(page.getByRole('heading', { name: 'Alerts are not set up' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('where there is no such provider', async () => {
    const scene = await startScene();
    const page = await open(scene.link('/provider/none'));
    await expectShown(page.getByRole('heading', { name: 'No provider “none”' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('in the page for signing in after a wrong token', async () => {
    const scene = await startScene();
    const page = await open(`${scene.url}#token=not-the-token-of-the-test`);
    await expectShown(page.getByRole('alert').getByText('This token is not right.'));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('where the application does not let the visitor in', async () => {
    const scene = await startScene({ auth: false, authorize: () => false });
    const page = await open(scene.url);
    await expectShown(page.getByRole('heading', { name: 'No access' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('while the store is away', async () => {
    const store = new BreakableStore();
    const scene = await startScene({ pools: [{ keys: ['main', 'spare'], store }] });
    await scene.manager().ready();
    store.isAway = true;
    await call(scene.manager(), { main: { kind: 'rate-limited', retryAfterMs: 60_000 } });
    const page = await open(scene.link());
    const status = page.getByRole('region', { name: 'Connection and scope' });
    await expectShown(status.getByText(/The memory store has been away for \d+ s/));
    expect(await accessibilityFaults(page)).toEqual([]);
    store.isAway = false;
    await expectShown(status.getByText('Live'));
  });

  it('while the connection is lost', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await expectShown(page.getByRole('button', { name: 'Actions for main' }));
    await scene.stop();
    await expectShown(page.getByText('Connection lost.'));
    expect(await page.getByRole('button', { name: 'Actions for main' }).isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('in an open menu, and in the dialog that asks', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await page.getByRole('button', { name: 'Actions for main' }).click();
    await expectShown(page.getByRole('menu'));
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Disable…' }).click();
    await expectShown(page.getByRole('dialog', { name: 'Disable main?' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('where the visitor can only look', async () => {
    const scene = await startScene({ readOnly: true });
    const page = await open(scene.link());
    await expectShown(page.getByText('Read-only'), keyRow(page, 'main'));
    await expectGone(page.getByRole('button', { name: 'Actions for main' }));
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
