import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { widths } from './open-page.ts';

/** The width to which WCAG lets a page shrink. */
const narrowest = 320;

/** Without it, axe also returns all that is right. */
const onlyViolations = { resultTypes: ['violations' as const], rules: { 'target-size': { enabled: true } } };
/** A theme changes nothing but colours. */
const onlyColors = { ...onlyViolations, runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** Looks for what is wrong on the screen, in both themes at each width. Nothing may scroll sideways. */
export async function accessibilityFaults(page: Page, { isNarrowToo = false } = {}): Promise<readonly string[]> {
  const found: string[] = [];
  await loadAxe(page);
  for (const width of [...widths, narrowest]) {
    await page.setViewportSize({ width, height: 900 });
    const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (excess > 0) found.push(`${width} px: scrolls sideways by ${excess} px`);
    if (width === narrowest && !isNarrowToo) continue;
    await turnTo(page, 'dark');
    found.push(...(await violationsOf(page, onlyColors)).map((violation) => `${width} px, dark: ${violation}`));
    await turnTo(page, 'light');
    found.push(...(await violationsOf(page, onlyViolations)).map((violation) => `${width} px: ${violation}`));
  }
  return found;
}

/** Its first run leaves axe in the page, and sending it again at each run would take longer than the checks. */
async function loadAxe(page: Page): Promise<void> {
  const isLoaded = await page.evaluate<boolean>(`'axe' in globalThis`);
  if (!isLoaded) await new AxeBuilder({ page }).setLegacyMode().withRules('document-title').analyze();
}

async function turnTo(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  // Colours may change slowly.
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => {})');
}

async function violationsOf(page: Page, options: object): Promise<readonly string[]> {
  const violations = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${String(target)} ${failureSummary}`),
  );
}
