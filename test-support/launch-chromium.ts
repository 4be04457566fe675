import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from './has-chromium.ts';

/** Replaces the list of Playwright. Half of the time would go into two pages for the address bar, which each window loads. */
const withoutFeatures = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'OptimizationHints', 'PaintHolding'];

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${withoutFeatures.join(',')}`,
];

export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...args, ...more] });
}
