import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { median } from '../statistics.ts';
import { busyPools } from './busy-pools.ts';
import { dashboardOf } from './dashboard-of.ts';
import type { Finding, Findings } from './finding.ts';
import { longestTask, type TaskTime } from './longest-task.ts';

const keyCount = 10_000;
const callsPerSecond = 500;
const longestTaskMs = 50;
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Options of {@link largePage}. */
export interface LargePageOptions {
  /** How long changes arrive, and how long the visitor scrolls. */
  readonly seconds: number;
  /** How often all of it is done. */
  readonly visits: number;
}

const title = `A page of ${keyCount.toLocaleString('en')} keys in Chromium`;
const about = `The longest task of the main thread while ${callsPerSecond} calls a second change the page: the time in which it worked, because by the clock it also waits for other programs. Medians of the visits.`;

interface Visit {
  readonly address: string;
  readonly seconds: number;
}

/** What a visitor does. */
const steps: Readonly<Record<string, (page: Page, visit: Visit) => Promise<unknown>>> = {
  'the page appears': async (page, { address }) => {
    await page.goto(address);
    await page.locator('.keys-table tbody tr').first().waitFor();
    await page.waitForTimeout(1000);
  },
  'changes arrive': async (page, { seconds }) => page.waitForTimeout(seconds * 1000),
  scrolling: async (page, { seconds }) => {
    for (let turn = 0; turn < seconds * 5; turn++) {
      await page.mouse.wheel(0, turn % 20 < 10 ? 240 : -240);
      await page.waitForTimeout(100);
    }
  },
  sorting: async (page) => {
    for (const button of await page.locator('.keys-table button.sort').all()) {
      await button.click();
      await page.waitForTimeout(600);
    }
  },
  paging: async (page) => {
    for (let turn = 0; turn < 8; turn++) {
      await page.locator('.pager button').last().click();
      await page.waitForTimeout(400);
    }
  },
  searching: async (page) => {
    await page.locator('.keys-card input[type=search]').pressSequentially('key 12', { delay: 120 });
    await page.waitForTimeout(1000);
    await page.locator('.keys-card input[type=search]').fill('');
    await page.waitForTimeout(1000);
  },
  filtering: async (page) => {
    for (const state of ['cooling', 'healthy', '']) {
      await page.locator('.keys-card select').first().selectOption(state);
      await page.waitForTimeout(800);
    }
  },
  'the overview': async (page) => {
    await page.locator('nav a').first().click();
    await page.waitForTimeout(2000);
  },
};

/** Measures how long the page of very many keys holds up the browser. */
export async function largePage({ seconds, visits }: LargePageOptions): Promise<Findings> {
  if (!existsSync(executablePath)) {
    return { title, about, rows: [], leftOut: 'Chromium is not installed; CHROMIUM_PATH can name it.' };
  }
  await using pools = busyPools([keyCount], callsPerSecond);
  await using dashboard = await dashboardOf(pools.managers);
  const address = `${dashboard.url}#/provider/bench/keys-${keyCount}?token=${dashboard.token}`;
  const times = new Map<string, TaskTime[]>(Object.keys(steps).map((name) => [name, []]));
  const browser = await chromium.launch({ executablePath, args });
  try {
    for (let visit = 0; visit < visits; visit++) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      for (const [name, act] of Object.entries(steps)) {
        times.get(name)?.push(await longestTask(browser, page, () => act(page, { seconds, address })));
      }
      await page.close();
    }
  } finally {
    await browser.close();
  }
  const rows = [...times].map(([name, tasks]): Finding => {
    return { name, value: median(tasks.map(({ workedMs }) => workedMs)), unit: 'ms', bar: longestTaskMs };
  });
  const clock = Math.max(...[...times.values()].map((tasks) => median(tasks.map(({ clockMs }) => clockMs))));
  return { title, about, rows: [...rows, { name: 'the longest of them by the clock', value: clock, unit: 'ms' }] };
}
