import type { Dashboard, DashboardServer } from '@api-key-fallback/dashboard';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/http/listen.ts';
import { attack } from './attack.ts';
import { expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { startHostileSite } from './start-hostile-site.ts';
import { startScene, type Scene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

/** A name of the attacker that points to this computer. */
const reboundHost = 'evil.test';
const open = useBrowser([`--host-resolver-rules=MAP ${reboundHost} 127.0.0.1`]);

/** Opens the dashboard, signed in, and a page of another site in the same browser. */
async function openBoth(scene: Scene, address: string): Promise<{ readonly own: Page; readonly hostile: Page }> {
  const own = await open(scene.link(), { mayViolatePolicy: true });
  await expectShown(keyRow(own, 'main'));
  const hostile = await own.context().newPage();
  await hostile.goto(address);
  return { own, hostile };
}

function disableOf(scene: Scene): string {
  return `api/v1/pools/acme/default/keys/${scene.key('main').keyId}/disable`;
}

const nothing = {
  'reads data without the cookie': 'TypeError',
  'reads data with the cookie': 'TypeError',
  'reads data without CORS': 'TypeError',
  'reads the page': 'TypeError',
  'acts without CORS': 'TypeError',
  'acts with the header': 'TypeError',
  'signs the visitor out': 'TypeError',
  'acts while it leaves': 'true',
  'sends a form': 'sent',
  'shows data as an image': 'error',
  'runs data as a script': 'error',
  'uses data as a style sheet': 'error',
  'follows the event stream': 'error',
  'opens the WebSocket': 'closed 1006',
};

/** Has a page of the attacker on the same port, as if the name had pointed to the attacker's own computer before. */
function withTrap({ node, attachWebSocket }: Dashboard, port: number): Promise<DashboardServer> {
  const trapOrNode: Dashboard['node'] = async (incoming, outgoing) => {
    if (incoming.url !== '/trap') return node(incoming, outgoing);
    outgoing.setHeader('content-type', 'text/html').end('<!doctype html><body></body>');
  };
  return startServer({ node: trapOrNode, attachWebSocket }, { port, host: '127.0.0.1', basePath: '/' });
}

describe.skipIf(!hasChromium())('a page of another site', () => {
  it.each(['127.0.0.1', 'localhost'])('reads nothing and changes nothing from another port of %s', async (host) => {
    const scene = await startScene();
    const port = await startHostileSite();
    const { own, hostile } = await openBoth(scene, `http://${host}:${port}/`);
    expect(await attack(hostile, scene.url, disableOf(scene))).toEqual(nothing);
    expect(scene.key('main').state).toBe('healthy');
    // The visitor is still signed in, and the page has noticed nothing.
    await own.reload();
    await expectShown(keyRow(own, 'main').getByText('Healthy'));
  });

  it('cannot put the dashboard into a frame', async () => {
    const scene = await startScene();
    const { hostile } = await openBoth(scene, `http://127.0.0.1:${await startHostileSite()}/`);
    await hostile.evaluate(`new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { src: '${scene.url}', onload: resolve });
      document.body.append(frame);
    }).then(() => {})`);
    const frame = hostile.frames()[1];
    await expect.poll(() => frame?.url()).toBe('chrome-error://chromewebdata/');
    expect(await frame?.getByRole('heading', { name: 'Sign in' }).count()).toBe(0);
    expect(await frame?.getByRole('navigation').count()).toBe(0);
  });

  it('loses the dashboard that it opens', async () => {
    const scene = await startScene();
    const { hostile } = await openBoth(scene, `http://127.0.0.1:${await startHostileSite()}/`);
    const opening = hostile.context().waitForEvent('page');
    await hostile.evaluate(`void (globalThis.opened = open('${scene.url}'))`);
    const opened = await opening;
    await opened.waitForLoadState();
    expect(await opened.evaluate('opener')).toBeNull();
    expect(await hostile.evaluate('opened.closed')).toBe(true);
  });
});

describe.skipIf(!hasChromium())('the dashboard itself', () => {
  // What fails from another site must fail because of the site.
  it('can do what another site cannot', async () => {
    const scene = await startScene();
    const { own } = await openBoth(scene, 'about:blank');
    const results = await attack(own, scene.url, disableOf(scene));
    expect(results).toMatchObject({
      'reads data without the cookie': expect.stringMatching(/^200 .*"main"/),
      'reads data with the cookie': expect.stringMatching(/^200 .*"main"/),
      'acts with the header': '200 {"action":"disable"}',
      'follows the event stream': expect.stringContaining('"type":"hello"'),
      'opens the WebSocket': expect.stringContaining('"type":"hello"'),
      'signs the visitor out': '204 ',
    });
    expect(scene.key('main').state).toBe('disabled');
  });
});

describe.skipIf(!hasChromium())('a host name that points to this computer', () => {
  it('gets neither the page nor data, and can do nothing', async () => {
    const scene = await startScene({ serve: withTrap });
    const page = await open(scene.link(), { mayViolatePolicy: true });
    await expectShown(keyRow(page, 'main'));
    const target = `http://${reboundHost}:${scene.port}/`;
    expect((await page.goto(target))?.status()).toBe(421);

    await page.goto(`${target}trap`);
    const refusals: string[] = [];
    page.on('console', (message) => refusals.push(message.text()));
    const results = await attack(page, target, `api/v1/pools/acme/default/keys/${scene.key('main').keyId}/disable`);
    const unknownHost = expect.stringMatching(/^421 \{"status":421,"code":"unknown-host"/);
    expect(results).toMatchObject({
      'reads data without the cookie': unknownHost,
      'reads data with the cookie': unknownHost,
      'reads the page': unknownHost,
      'acts with the header': unknownHost,
      'signs the visitor out': unknownHost,
      'shows data as an image': 'error',
      'runs data as a script': 'error',
      'follows the event stream': 'error',
      'opens the WebSocket': 'closed 1006',
    });
    expect(refusals.filter((text) => text.startsWith('WebSocket'))).toEqual([
      expect.stringContaining('Unexpected response code: 421'),
    ]);
    expect(scene.key('main').state).toBe('healthy');
  });
});
