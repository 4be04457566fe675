import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProviderServer } from '../packages/testing/src/index.ts';
import { launchChromium } from '../test-support/launch-chromium.ts';

// Takes the pictures of the log in the READMEs: runs the example whose first key a local provider refuses.

const root = join(import.meta.dirname, '..');
const command = 'npx tsx chat.mts';
const style = `
  main { width: max-content; max-width: 96ch; padding: 18px 22px; background: #15181e; color: #d7dce5; border-radius: 8px;
    font: 15px/1.6 'DejaVu Sans Mono', monospace; white-space: pre-wrap; }
  .prompt { color: #8a93a3 } .INFO { color: #6cb6ff } .WARNING { color: #e3b341 }`;

async function runExample(locale: string): Promise<string> {
  await using server = await startProviderServer({
    keys: { 'sk-example-first-00001': ['invalid-key'], 'sk-example-second-0001': ['ok'] },
    reply: locale === 'en' ? 'Hello! I am well, thank you.' : 'Olá! Estou bem, obrigado.',
  });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, join(root, 'examples', 'decorator.ts')],
    {
      env: {
        ...process.env,
        OPENAI_API_KEY: 'sk-example-first-00001',
        OPENAI_API_KEY_2: 'sk-example-second-0001',
        OPENAI_BASE_URL: server.openaiBaseURL,
        API_KEY_FALLBACK_LOCALE: locale,
      },
    },
  );
  return `${stderr}${stdout}`.trim();
}

/** A line of the log, with its level in color. */
function toHtml(line: string): string {
  const safe = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return safe.replace(/^(INFO|WARNING):/, '<span class="$1">$1</span>:');
}

const browser = await launchChromium();
try {
  for (const [locale, name] of [
    ['en', 'log.png'],
    ['pt-BR', 'log-pt-BR.png'],
  ] as const) {
    const lines = (await runExample(locale)).split('\n').map(toHtml);
    const page = await browser.newPage({ deviceScaleFactor: 2 });
    await page.setContent(
      `<style>${style}</style><main><span class="prompt">$ ${command}</span>\n${lines.join('\n')}</main>`,
    );
    await writeFile(
      join(root, 'docs', 'images', name),
      await page.locator('main').screenshot({ omitBackground: true }),
    );
  }
} finally {
  await browser.close();
}
