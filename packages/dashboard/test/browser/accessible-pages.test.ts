import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from './accessibility-faults.ts';
import { expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { troubledScene } from './troubled-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

interface State {
  readonly name: string;
  readonly address: string;
  /** Brings the page into the state, and waits for it. */
  readonly reach: (page: Page) => Promise<void>;
  readonly isNarrowToo?: boolean;
}

async function waitForCharts(page: Page): Promise<void> {
  await expectShown(page.getByRole('slider', { name: /Attempts by outcome/ }));
  await expectGone(page.getByText('The chart is loading'));
}

const overview: readonly State[] = [
  {
    name: 'the overview',
    address: '/overview',
    isNarrowToo: true,
    reach: (page) => expectShown(page.getByText('7% of 60 req/min'), page.getByText('Show all 200 keys')),
  },
];

const providers: readonly State[] = [
  { name: 'charts', address: '/provider/acme', reach: waitForCharts },
  {
    name: 'tables instead of charts',
    address: '/provider/acme?range=10m',
    async reach(page) {
      await waitForCharts(page);
      for (const chart of ['Attempts by outcome', 'Duration of calls']) {
        await page.getByRole('region', { name: chart }).getByRole('button', { name: 'As a table' }).click();
      }
      await expectShown(
        page.getByRole('columnheader', { name: 'p95' }),
        page.getByRole('columnheader', { name: 'Time' }).first(),
      );
    },
  },
  {
    name: 'the details of a key',
    address: '/provider/acme',
    async reach(page) {
      await page.getByRole('link', { name: 'main', exact: true }).click();
      await expectShown(page.getByRole('dialog', { name: 'main' }).getByText('Last 60 minutes'));
    },
  },
  { name: '200 keys', address: '/provider/bulk', reach: (page) => expectShown(page.getByText('1–20 of 200')) },
];

const others: readonly State[] = [
  {
    name: 'events with an open one',
    address: '/events',
    async reach(page) {
      await page.getByRole('button', { name: /Disabled by bob/ }).click();
      await expectShown(page.getByRole('region', { name: 'The event key.disabled as JSON' }));
    },
  },
  {
    name: 'alerts',
    address: '/alerts',
    reach: (page) => expectShown(page.getByRole('region', { name: 'Firing' }).getByText('a key is refused').first()),
  },
];

describe.skipIf(!hasChromium())('axe finds nothing', () => {
  it.each([
    ['overview', overview],
    ['page of a provider', providers],
    ['page of events and alerts', others],
  ])('in the %s', async (_, states) => {
    const scene = await troubledScene();
    const page = await open(scene.link(states[0]?.address));
    for (const { name, address, reach, isNarrowToo = false } of states) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`${scene.url}#${address}`);
      await reach(page);
      expect([name, ...(await accessibilityFaults(page, { isNarrowToo }))]).toEqual([name]);
      await page.keyboard.press('Escape');
    }
  });
});
