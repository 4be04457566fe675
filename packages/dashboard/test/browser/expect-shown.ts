import type { Locator } from 'playwright-core';

/** Waits until it is on the screen. */
export async function expectShown(...all: readonly Locator[]): Promise<void> {
  for (const each of all) await each.waitFor();
}

/** Waits until it is not on the screen. */
export async function expectGone(...all: readonly Locator[]): Promise<void> {
  for (const each of all) await each.waitFor({ state: 'hidden' });
}

/** Waits until the keyboard is there. */
export async function expectFocused(target: Locator): Promise<void> {
  await target.and(target.page().locator(':focus')).waitFor();
}
