import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, vi } from 'vitest';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { launchChromium } from '../../../../test-support/launch-chromium.ts';
import { openPage, type OpenPage } from './open-page.ts';

/** What a busy machine needs at most, in ms. These only end a test that hangs. */
const limits = { testTimeout: 180_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };

/** Starts one browser for all tests of a file. Each page is in a context of its own, which knows nothing of the others. */
export function useBrowser(args: readonly string[] = []): OpenPage {
  let browser: Browser | undefined;
  vi.setConfig(limits);
  beforeAll(async () => {
    if (hasChromium()) browser = await launchChromium(args);
  });
  afterAll(() => browser?.close());
  return async (url, options) => {
    if (!browser) throw new Error('Open a page in a test.');
    return openPage(browser, url, options);
  };
}
