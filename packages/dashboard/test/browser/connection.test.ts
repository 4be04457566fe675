import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { call, keyOf, startScene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const hourMs = 3_600_000;
const outFor = (retryAfterMs: number) => ({ kind: 'rate-limited', retryAfterMs }) as const;

/** How long a page may need to heal, in ms. */
const healsWithinMs = 5000;

function statusLine(page: Page) {
  return page.getByRole('region', { name: 'Connection and scope' });
}

interface Requests {
  count: number;
}

/** Opens a page with a clock that the test can move, and counts its requests. */
async function openCounted(url: string): Promise<{ readonly page: Page; readonly requests: Requests }> {
  const requests: Requests = { count: 0 };
  const page = await open(url, {
    async prepare(opened) {
      opened.on('request', () => requests.count++);
      opened.on('websocket', () => requests.count++);
      await opened.clock.install();
    },
  });
  return { page, requests };
}

/** Waits for the page that asks for the token, and makes sure that it does not try to connect any more. */
async function expectFinal(page: Page, requests: Requests): Promise<void> {
  await expectShown(page.getByRole('heading', { level: 1, name: 'Sign in' }));
  const before = requests.count;
  await page.clock.fastForward(600_000);
  await page.evaluate(`dispatchEvent(new Event('online')); document.dispatchEvent(new Event('visibilitychange'))`);
  await page.clock.fastForward(60_000);
  // A request would be known before the answer to this one.
  await page.evaluate(`fetch('api/v1/none').then(() => {})`);
  expect(requests.count).toBe(before + 1);
}

describe.skipIf(!hasChromium())('a page whose server ends', () => {
  it('says so, goes on to count down, and lets no one act', async () => {
    const scene = await startScene();
    await call(scene.manager(), { main: outFor(90_000) });
    const page = await open(scene.link());
    const until = keyRow(page, 'main').getByText(/^back in 1 m \d\d s$/);
    await expectShown(until);
    await scene.stop();
    await expectShown(statusLine(page).getByText(/^Connection lost\. Next try in \d s$/));
    await expectShown(
      statusLine(page).getByText(/^Showing \d\d:\d\d:\d\d\. Actions are off until the connection is back\.$/),
    );
    await expectShown(statusLine(page).getByRole('button', { name: 'Try now' }));
    expect(await page.getByRole('button', { name: 'Actions for main' }).isDisabled()).toBe(true);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('One key is out and comes back by itself');
    const before = await until.textContent();
    await expect.poll(() => until.textContent()).not.toBe(before);
  });

  // A busy machine can be slower than the page.
  it('heals by itself when the server is back', { retry: 2 }, async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
    await scene.stop();
    await expectShown(statusLine(page).getByText('Connection lost.'));
    scene.manager().disable(keyOf('main'), { actor: 'bob' });
    await scene.start();
    const startedMs = performance.now();
    await expectShown(statusLine(page).getByText('Live'), keyRow(page, 'main').getByText('Switched off'));
    expect(performance.now() - startedMs).toBeLessThan(healsWithinMs);
    await page.getByRole('button', { name: 'Actions for main' }).click();
    await page.getByRole('menuitem', { name: 'Enable…' }).click();
    await page.getByRole('button', { name: 'Enable main' }).click();
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
  });

  it('tries at once when the visitor asks for it', async () => {
    const scene = await startScene();
    const page = await open(scene.link(), { prepare: (opened) => opened.clock.install() });
    await expectShown(keyRow(page, 'main'));
    await scene.stop();
    await expectShown(statusLine(page).getByText('Connection lost.'));
    // Time stands still now, so the page does not try again by itself.
    await page.clock.pauseAt(Date.now() + 60_000);
    await expectShown(statusLine(page).getByText('Next try in'));
    await scene.start();
    await page.getByRole('button', { name: 'Try now' }).click();
    await expectGone(statusLine(page).getByText('Connection lost.'));
    await expectShown(statusLine(page).getByText('Live'));
  });

  it('notices when the server only falls silent', async () => {
    const scene = await startScene();
    let isSilent = false;
    const page = await open(scene.link(), {
      async prepare(opened) {
        await opened.clock.install();
        await opened.routeWebSocket(/./, (socket) => {
          const server = socket.connectToServer();
          socket.onMessage((message) => server.send(message));
          server.onMessage((message) => {
            if (!isSilent) socket.send(message);
          });
        });
      },
    });
    await expectShown(statusLine(page).getByText('Live'), keyRow(page, 'main'));
    isSilent = true;
    // The last message can be 5 s old, and a page waits for 12 s.
    await page.clock.fastForward(5000);
    await expectShown(statusLine(page).getByText('Live'));
    await page.clock.fastForward(8000);
    await expectShown(statusLine(page).getByText('Connection lost.'));
  });
});

describe.skipIf(!hasChromium())('a session', () => {
  it('that ends in another tab is over in all of them', async () => {
    const scene = await startScene();
    const { page, requests } = await openCounted(scene.link());
    await expectShown(keyRow(page, 'main'));
    const other = await page.context().newPage();
    await other.goto(scene.url);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await expectFinal(page, requests);
  });

  it('is over when its time is', async () => {
    const scene = await startScene();
    const { page, requests } = await openCounted(scene.link());
    await expectShown(keyRow(page, 'main'));
    scene.skip(13 * hourMs);
    await expectFinal(page, requests);
  });

  it('that the server no longer knows is over at the next try', async () => {
    const scene = await startScene();
    const { page, requests } = await openCounted(scene.link());
    await expectShown(keyRow(page, 'main'));
    await page.context().clearCookies();
    await scene.stop();
    await scene.start();
    await page.clock.fastForward(5000);
    await expectFinal(page, requests);
  });

  it('begins when the application lets the visitor in', async () => {
    let isLetIn = false;
    const scene = await startScene({ auth: false, authorize: () => isLetIn });
    const { page, requests } = await openCounted(scene.url);
    await expectShown(page.getByRole('heading', { level: 1, name: 'No access' }));
    const before = requests.count;
    await page.clock.fastForward(60_000);
    isLetIn = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expectShown(keyRow(page, 'main'));
    // One asks for the session, the other is the WebSocket.
    expect(requests.count).toBe(before + 2);
  });

  it('does not begin with a wrong token', async () => {
    const scene = await startScene();
    const { page, requests } = await openCounted(`${scene.url}#token=not-the-token-of-the-test`);
    await expectFinal(page, requests);
  });
});
