import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { DemoClock } from '../examples/dashboard-demo/demo-clock.ts';
import { startDemo } from '../examples/dashboard-demo/start-demo.ts';
import { launchChromium } from '../test-support/launch-chromium.ts';
import { palettePng, type Picture } from './screenshots/palette-png.ts';

// Takes the pictures of the dashboard in the documentation, from its demo. The demo has the history of an hour: its clock begins in the
// past and runs fast until it is right.

const docs = join(import.meta.dirname, '..', 'docs', 'images');
const speed = 20;
/** The first trouble takes its time. */
const firstMs = 15_000;
/** The incident of the demo repeats after this time. It is worst when 40 s of it have passed. */
const periodMs = 300_000;
const shownMs = 11 * periodMs + 40_000;
/** How far the clock is behind when it begins to run fast. */
const behindMs = (shownMs - firstMs) * (1 - 1 / speed);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Returns the pixels of a screenshot, which the browser decodes: in a page of its own, because the dashboard allows no foreign script. */
async function decode(png: Buffer, browser: Browser): Promise<Picture> {
  const page = await browser.newPage();
  // As text, because programs of Node.js are compiled without the types of browsers.
  const { width, height, base64 } = await page.evaluate<{
    width: number;
    height: number;
    base64: string;
  }>(`(async () => {
    const screenshot = await fetch('data:image/png;base64,${png.toString('base64')}');
    const bitmap = await createImageBitmap(await screenshot.blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { width, height, data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width, height, base64: new Uint8Array(data).toBase64() };
  })()`);
  await page.close();
  return { width, height, pixels: Buffer.from(base64, 'base64') };
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  // Until what moves once has moved, such as a chart that appears.
  await page.waitForTimeout(2000);
  const screenshot = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const picture = palettePng(await decode(screenshot, browser));
  await writeFile(join(docs, name), picture);
  print(`${name}: ${Math.round(picture.length / 1000)} kB`);
}

const browser = await launchChromium();
const clock = new DemoClock(Date.now() - behindMs);
const demo = await startDemo({ scene: 'incident', locale: 'en', port: 0, clock });
try {
  print(`Playing an hour, which takes ${Math.round(shownMs / speed / 60_000)} minutes.`);
  await clock.sleep(firstMs);
  await clock.catchUp(speed);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(demo.link);
  // On a busy machine the worst can come later.
  await page.getByText('OpenAI is down to 2 of 4 keys').first().waitFor({ timeout: periodMs });
  await take(page, 'dashboard-light.png');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'dashboard-dark.png');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(new URL('#/provider/youtube', demo.link).href);
  await take(page, 'dashboard-provider-light.png');
} finally {
  await browser.close();
  await demo.close();
}
