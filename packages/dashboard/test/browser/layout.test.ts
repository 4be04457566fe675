import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectFocused, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { widths } from './open-page.ts';
import { call, keyOf } from './start-scene.ts';
import { troubledScene } from './troubled-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const outForAnHour = { kind: 'rate-limited', retryAfterMs: 3_600_000 } as const;

/** Of all shifts together; browsers call 0.1 good. What is left are lists that get a line: the feed, and the keys that come back. */
const mostShift = 0.05;

/** Notes each shift of the layout, and each place at which a part of the page has been. */
const watch = `
  globalThis.shifts = [];
  globalThis.places = new Map();
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push({ value, what: sources.map(({ node }) => node?.className ?? node?.parentElement?.className ?? '') });
    }
  }).observe({ type: 'layout-shift' });
  const look = () => {
    for (const part of document.querySelectorAll('h1, .metric, .provider h2, .key-row, .key-row > span')) {
      const { left, top, width } = part.getBoundingClientRect();
      if (!places.has(part)) places.set(part, new Set());
      places.get(part).add([left, top, width].map(Math.round).join(' '));
    }
    requestAnimationFrame(look);
  };
  look();`;

interface Watched {
  readonly shifts: readonly { readonly value: number; readonly what: readonly string[] }[];
  readonly moved: readonly string[];
}

async function watched(page: Page): Promise<Watched> {
  return page.evaluate(`({
    shifts,
    moved: [...places]
      .filter(([, all]) => all.size > 1)
      .map(([{ className, textContent }, all]) => className + ' ' + textContent.slice(0, 40) + ': ' + [...all].join(' → ')),
  })`);
}

const mostStops = 120;

/** Says where the keyboard is: `end` after the last stop, `seen`, or what cannot be seen. */
const describeStop = `(() => {
  const stop = document.activeElement;
  if (stop === null || stop === document.body) return 'end';
  const { left, right, top, bottom } = stop.getBoundingClientRect();
  const middle = (from, to, most) => (Math.max(0, from) + Math.min(most, to)) / 2;
  const shown = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
  const label = stop.closest('label');
  const isSeen = shown !== null && (stop.contains(shown) || (label !== null && label.contains(shown)));
  return isSeen ? 'seen' : stop.outerHTML.slice(0, 200);
})()`;

/** Goes through the page with the keyboard. Returns the number of its stops, and those that cannot be seen. */
async function walk(page: Page): Promise<{ readonly stops: number; readonly hidden: readonly string[] }> {
  const hidden: string[] = [];
  for (let stops = 0; stops < mostStops; stops++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<string>(describeStop);
    if (stop === 'end') return { stops, hidden };
    if (stop !== 'seen') hidden.push(stop);
  }
  throw new Error('The keyboard does not come to an end.');
}

describe.skipIf(!hasChromium())('the overview', () => {
  it.each(widths)('moves no row, column or number while keys come and go at %i px', async (width) => {
    const scene = await troubledScene();
    const manager = scene.manager();
    manager.prefer(keyOf('backup'));
    const page = await open(scene.link(), { width });
    await expectShown(keyRow(page, 'backup'), page.getByText('Show all 200 keys'));
    await page.evaluate(watch);
    const backup = keyRow(page, 'backup');
    for (const tenant of ['tenant-005', 'tenant-006', 'tenant-007']) {
      await call(manager, { backup: outForAnHour });
      await expectShown(backup.getByText('Cooling'));
      manager.reset(keyOf('backup'));
      await expectShown(backup.getByText('Healthy'));
      manager.disable(keyOf('backup'), { actor: 'a colleague with a long name' });
      await expectShown(backup.getByText('Switched off'));
      manager.enable(keyOf('backup'));
      await call(scene.manager('bulk'), { [tenant]: outForAnHour });
      await expectShown(backup.getByText('Healthy'));
    }
    const { shifts, moved } = await watched(page);
    expect(moved).toEqual([]);
    const sum = shifts.reduce((total, { value }) => total + value, 0);
    expect(sum).toBeLessThan(mostShift);
  });
});

describe.skipIf(!hasChromium())('a visitor with a keyboard', () => {
  it.each(['/overview', '/provider/bulk'])('sees each stop of %s', async (address) => {
    const scene = await troubledScene();
    const page = await open(scene.link(address));
    await expectShown(page.getByRole('link', { name: 'tenant-001' }).first());
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate('document.activeElement.blur()');
      const { stops, hidden } = await walk(page);
      expect(hidden).toEqual([]);
      expect(stops).toBeGreaterThan(20);
    }
  });

  it('can skip the bar', async () => {
    const scene = await troubledScene();
    const page = await open(scene.link());
    await expectShown(page.getByText('Show all 200 keys'));
    await page.keyboard.press('Tab');
    await expectFocused(page.getByRole('link', { name: 'Skip to content' }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expectFocused(page.getByRole('link', { name: 'Acme' }));
  });
});
