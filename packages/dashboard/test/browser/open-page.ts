import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** The widths at which the page looks different. */
export const widths = [1440, 800, 360] as const;

export interface PageOptions {
  /** @default 1440 */
  readonly width?: number;
  /** Runs in the page before its own script. As text, because tests are compiled without the types of browsers. */
  readonly script?: string;
  /** Runs before the page is opened. */
  readonly prepare?: (page: Page, context: BrowserContext) => unknown;
  readonly colorScheme?: BrowserContextOptions['colorScheme'];
  /** Whether the page may break its own Content Security Policy: only where the test does it. */
  readonly mayViolatePolicy?: boolean;
}

export type OpenPage = (url: string, options?: PageOptions) => Promise<Page>;

/** What a busy machine needs at most. It only ends a test that hangs. */
const longestWaitMs = 30_000;

/** The browser says this of requests that fail, which tests provoke. */
const networkTrouble = /^Failed to load resource: |^WebSocket connection to .* failed: /;

const reportViolations = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  console.error('Violation of the policy', violatedDirective, blockedURI, sample));`;

/** Opens a page in a new context. The test fails if the page throws, writes an error to the console, or breaks its policy. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<Page> {
  const { width = 1440, script, prepare, colorScheme = 'light', mayViolatePolicy = false } = options;
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-US' });
  const problems: string[] = [];
  context.on('weberror', (error) => problems.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error' && !networkTrouble.test(message.text())) problems.push(message.text());
  });
  context.setDefaultTimeout(longestWaitMs);
  await context.addInitScript(reportViolations);
  if (script !== undefined) await context.addInitScript(script);
  const page = await context.newPage();
  onTestFinished(async () => {
    await context.close();
    if (!mayViolatePolicy) expect(problems).toEqual([]);
  });
  await prepare?.(page, context);
  await page.goto(url);
  return page;
}
