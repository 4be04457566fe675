import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { keyRow } from './key-row.ts';
import { recordAnswers } from './record-answers.ts';
import { serveWithoutWebSocket } from './serve-without-web-socket.ts';
import { startHostileSite } from './start-hostile-site.ts';
import { call, keyOf, startScene, token, type Scene } from './start-scene.ts';
import { troubledScene } from './troubled-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

/** Runs a script that a hole in the page would let in. Returns the name of the error, or what came of it. */
async function inject(page: Page, script: string): Promise<string> {
  return page.evaluate<string>(`(async () => {
    try {
      return String(await (${script}));
    } catch (error) {
      return error.name;
    }
  })()`);
}

const appended = (element: string) => `new Promise((resolve) => {
  const element = ${element};
  element.onload = () => resolve('loaded');
  element.onerror = () => resolve('blocked');
  document.body.append(element);
})`;

const partLength = 12;
const labels = [
  'main',
  'spare',
  'old',
  'paused',
  'small',
  'backup',
  'reader',
  'writer',
  'archive',
  'tenant-001',
  'tenant-200',
];

/** Calls whose errors quote their keys. */
async function quoteKeys(scene: Scene): Promise<void> {
  const quote = (label: string) =>
    `Incorrect API key provided: ${keyOf(label)}. See https://acme.test/?key=${keyOf(label)}`;
  await call(scene.manager(), { backup: { kind: 'transient', cause: new Error(quote('backup')) } });
  await call(scene.manager('videos'), { writer: { kind: 'invalid-key', cause: quote('writer') } });
}

/** Opens everything that shows something of a key. */
async function visitAll(page: Page, scene: Scene): Promise<void> {
  await expectShown(page.getByText('Show all 200 keys'));
  for (const provider of ['acme', 'videos', 'bulk']) {
    await page.goto(`${scene.url}#/provider/${provider}`);
    await expectShown(page.getByRole('region', { name: 'Keys and limits' }));
  }
  for (const label of ['main', 'old', 'backup']) {
    await page.goto(`${scene.url}#/provider/acme?key=${scene.key(label).keyId}`);
    await expectShown(page.getByRole('dialog', { name: label }).getByText('Last 60 minutes'));
  }
  await page.goto(`${scene.url}#/provider/acme`);
  await page.getByRole('button', { name: 'Actions for old' }).click();
  await page.getByRole('menuitem', { name: 'Test key' }).click();
  await expectShown(page.getByRole('status').getByText('old is refused: wrong_key'));
  await page.goto(`${scene.url}#/alerts`);
  await page.getByRole('button', { name: 'Send a test to pager' }).click();
  await expectShown(page.getByRole('status').getByText(/Test to pager not delivered/));
  await page.goto(`${scene.url}#/events`);
  await expectShown(page.getByRole('button', { name: /Tested by ana/ }));
}

describe.skipIf(!hasChromium())('the page', () => {
  // Each page that a test opens fails for a violation; see openPage().
  it('keeps its own policy on all pages', async () => {
    const scene = await troubledScene();
    const page = await open(scene.link('/provider/acme'));
    await expectShown(page.getByRole('slider', { name: /Attempts by outcome/ }));
    await expectGone(page.getByText('The chart is loading'));
    await page.getByRole('button', { name: '24 h' }).click();
    await page.getByRole('slider', { name: /Attempts by outcome/ }).press('ArrowLeft');
    await page.getByRole('button', { name: 'As a table' }).first().click();
    await page.getByRole('link', { name: 'main', exact: true }).click();
    await expectShown(page.getByRole('dialog').getByText('Last 60 minutes'));
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('pt-BR');
    for (const name of ['Eventos', /Alertas/, 'Visão geral']) {
      await page.getByRole('navigation').first().getByRole('link', { name }).click();
    }
    await expectShown(keyRow(page, 'main'));
  });

  it('lets nothing in that a hole would let in', async () => {
    const scene = await startScene();
    const foreign = `http://127.0.0.1:${await startHostileSite()}/`;
    const page = await open(scene.link(), { mayViolatePolicy: true });
    await expectShown(keyRow(page, 'main'));
    const results = [
      await inject(page, `document.body.innerHTML = '<img src=x onerror=alert(1)>'`),
      await inject(page, `document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`),
      await inject(page, `document.write('<script>alert(1)</script>')`),
      await inject(page, `trustedTypes.createPolicy('own', { createHTML: (html) => html })`),
      await inject(page, `Object.assign(document.createElement('script'), { src: '${foreign}' })`),
      await inject(page, `fetch('${foreign}')`),
      await inject(page, appended(`Object.assign(new Image(), { src: '${foreign}' })`)),
      await inject(
        page,
        appended(`Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '${foreign}' })`),
      ),
    ];
    const [error, blocked] = ['TypeError', 'blocked'];
    expect(results).toEqual([error, error, error, error, error, error, blocked, blocked]);
    expect(await keyRow(page, 'main').count()).toBe(1);
  });

  it('keeps the cookie from scripts and other sites, and the token nowhere', async () => {
    const scene = await startScene();
    const page = await open(scene.link('/events'));
    await expectShown(page.getByRole('heading', { level: 1, name: 'Events' }));
    const [cookie, ...others] = await page.context().cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', domain: '127.0.0.1', path: '/' });
    expect((cookie?.expires ?? 0) - Date.now() / 1000).toBeCloseTo(12 * 3600, -2);
    expect(await page.evaluate('document.cookie')).toBe('');

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.reload();
    await expectShown(keyRow(page, 'main'));
    const places = await page.evaluate<string>(`JSON.stringify([
      location.href,
      document.title,
      document.documentElement.outerHTML,
      history.state,
      navigation.entries().map(({ url }) => url),
      { ...localStorage },
      { ...sessionStorage },
      performance.getEntries().map(({ name }) => name),
    ])`);
    expect(places).toContain(`${scene.url}#/events`);
    expect(places).not.toContain(token);
  });
});

describe.skipIf(!hasChromium())('what the browser gets', () => {
  it.each([
    ['WebSocket', {}, '"type":"snapshot","nowMs"'],
    ['event stream', { serve: serveWithoutWebSocket }, '"type":"snapshot","nowMs"'],
  ])('by %s contains no key, no part of a key and no token', async (_, plan, expected) => {
    const scene = await troubledScene(plan);
    await quoteKeys(scene);
    let answers = async (): Promise<string> => '';
    const page = await open(scene.link(), {
      prepare: async (opened) => {
        answers = await recordAnswers(opened);
      },
    });
    await visitAll(page, scene);
    const got = await answers();
    for (const text of [expected, 'Incorrect API key provided', '"tenant-001"', 'key.checked', '<div id="app">']) {
      expect([text, got.includes(text)]).toEqual([text, true]);
    }
    const parts = labels
      .map(keyOf)
      .flatMap((key) =>
        Array.from({ length: key.length - partLength + 1 }, (_part, at) => key.slice(at, at + partLength)),
      );
    expect([...parts, token].filter((part) => got.includes(part))).toEqual([]);
  });
});
