import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '@api-key-fallback/core';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { RecordedFrames, recordFrames } from './record-frames.ts';
import { serveWithoutWebSocket } from './serve-without-web-socket.ts';
import { call, keyOf, managerOf, startScene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const canHide = `
  let isHidden = false;
  Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') });
  globalThis.setHidden = (next) => {
    isHidden = next;
    document.dispatchEvent(new Event('visibilitychange'));
  };`;

/** How long a change of another process may need to be seen, in ms. */
const seenWithinMs = 1000;

async function newStore(directory: string): Promise<FileStore> {
  const store = new FileStore(directory);
  onTestFinished(() => store.close());
  return store;
}

/** The addresses of the event streams that a page opens. */
function recordStreams(page: Page): string[] {
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/stream')) streams.push(new URL(request.url()).search);
  });
  return streams;
}

describe.skipIf(!hasChromium())('a page that follows the server', () => {
  it('rests while it is hidden, and resumes without a snapshot', async () => {
    const scene = await startScene();
    let frames = new RecordedFrames();
    const page = await open(scene.link(), {
      script: canHide,
      prepare: (opened) => (frames = recordFrames(opened)),
    });
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
    await page.evaluate('setHidden(true)');
    await expect.poll(() => frames.sent.at(-1)).toEqual({ type: 'unsubscribe' });
    scene.manager().disable(keyOf('main'));
    // Heartbeats go on. Before the next one, a page that still follows would have heard of the key.
    await expect.poll(() => frames.received.at(-1)?.type).toBe('heartbeat');
    expect(JSON.stringify(frames.received)).not.toContain('"state":"off"');
    expect(await keyRow(page, 'main').getByText('Healthy').count()).toBe(1);

    await page.evaluate('setHidden(false)');
    await expectShown(keyRow(page, 'main').getByText('Switched off'));
    expect(frames.snapshots).toEqual(['page=overview']);
    expect(frames.sent.at(-1)).toMatchObject({ type: 'subscribe', seen: { sequence: expect.any(Number) } });
  });

  it('resumes a page to which it returns', async () => {
    const scene = await startScene();
    let frames = new RecordedFrames();
    const page = await open(scene.link(), { prepare: (opened) => (frames = recordFrames(opened)) });
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
    for (const state of ['Switched off', 'Healthy', 'Switched off']) {
      await page.getByRole('link', { name: 'Events' }).first().click();
      await expectShown(page.getByRole('heading', { level: 1, name: 'Events' }));
      if (state === 'Healthy') scene.manager().enable(keyOf('main'));
      else scene.manager().disable(keyOf('main'));
      await page.getByRole('link', { name: 'Overview' }).click();
      await expectShown(keyRow(page, 'main').getByText(state));
    }
    expect(frames.snapshots).toEqual(['page=overview', 'page=events']);
  });

  it('asks for the whole page only when it has lost something', async () => {
    const scene = await startScene();
    let frames = new RecordedFrames();
    const page = await open(scene.link(), { prepare: (opened) => (frames = recordFrames(opened)) });
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
    await scene.stop();
    scene.manager().disable(keyOf('main'));
    await scene.start();
    await expectShown(keyRow(page, 'main').getByText('Switched off'));
    expect(frames.snapshots).toEqual(['page=overview', 'page=overview']);
  });

  // A busy machine can be slower than the page.
  it('shows within a second what another process has learned', { retry: 2 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dashboard-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const keys = ['main', 'spare'];
    const scene = await startScene({ pools: [{ keys, store: await newStore(directory) }] });
    // With a store of its own, as if it were in another process: they share nothing but files.
    const other = managerOf({ keys, store: await newStore(directory) });
    await Promise.all([scene.manager().ready(), other.ready()]);
    const page = await open(scene.link());
    await expectShown(keyRow(page, 'main').getByText('Healthy'));
    // Looks at each frame of the screen; a locator looks less often.
    const shown = page.evaluate(`new Promise((resolve) => {
      const look = () => {
        if (document.body.innerText.includes('Cooling · Rate limit')) resolve();
        else requestAnimationFrame(look);
      };
      look();
    })`);
    await call(other, { main: { kind: 'rate-limited', retryAfterMs: 60_000 } });
    const calledMs = performance.now();
    await shown;
    expect(performance.now() - calledMs).toBeLessThan(seenWithinMs);
  });
});

describe.skipIf(!hasChromium())('a page behind a server without WebSockets', () => {
  it('follows the event stream, resumes and heals', async () => {
    const scene = await startScene({ serve: serveWithoutWebSocket });
    let streams: string[] = [];
    const page = await open(scene.link(), { prepare: (opened) => (streams = recordStreams(opened)) });
    await expectShown(page.getByText('Live', { exact: true }), keyRow(page, 'main').getByText('Healthy'));
    expect(streams).toEqual(['?page=overview']);
    scene.manager().disable(keyOf('main'));
    await expectShown(keyRow(page, 'main').getByText('Switched off'));

    await page.getByRole('link', { name: 'Events' }).first().click();
    await expectShown(page.getByRole('button', { name: /main Disabled/ }));
    await page.getByRole('link', { name: 'Overview' }).click();
    await expect.poll(() => streams.length).toBe(3);
    expect(streams[1]).toBe('?page=events');
    expect(streams[2]).toMatch(/^\?page=overview&seen=[\w-]+%3A\d+$/);

    await scene.stop();
    await expectShown(page.getByText('Connection lost.'));
    scene.manager().enable(keyOf('main'));
    await scene.start();
    await expectShown(page.getByText('Live', { exact: true }), keyRow(page, 'main').getByText('Healthy'));
  });
});
