import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectFocused, expectGone, expectShown } from './expect-shown.ts';
import { mouse, type Hand } from './hand.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { inEachWay } from './in-each-way.ts';
import { keyRow } from './key-row.ts';
import { call, keyOf, startScene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

async function choose(page: Page, hand: Hand, label: string, action: string): Promise<void> {
  const button = page.getByRole('button', { name: `Actions for ${label}` });
  await hand.press(button);
  await hand.pick(page.getByRole('menu', { name: `Actions for ${label}` }).getByRole('menuitem', { name: action }));
}

async function expectNotice(page: Page, text: string | RegExp): Promise<void> {
  await expectShown(page.getByRole('status').getByText(text));
}

describe.skipIf(!hasChromium())('the details of a key', () => {
  it('open on the page of the provider at each width by mouse and by keyboard', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await inEachWay(page, async ({ hand }) => {
      await hand.press(page.getByRole('heading', { name: 'Acme' }).getByRole('link'));
      await expectShown(page.getByRole('heading', { level: 1, name: 'Acme' }));
      await expectFocused(page.getByRole('main'));
      const key = page.getByRole('table').getByRole('link', { name: 'spare' });
      await hand.press(key);
      const details = page.getByRole('dialog', { name: 'spare' });
      await expectShown(details.getByText('place 2: ready'));
      expect(page.url()).toContain(`key=${scene.key('spare').keyId}`);
      await page.keyboard.press('Escape');
      await expectGone(details);
      await expectFocused(key);
      expect(page.url()).toBe(`${scene.url}#/provider/acme`);
      await page.goto(`${scene.url}#/overview`);
    });
  });

  it('open from the overview, and Back closes them', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await keyRow(page, 'spare').getByRole('link').click();
    const details = page.getByRole('dialog', { name: 'spare' });
    await expectShown(details.getByText('place 2: ready'));
    await page.reload();
    await expectShown(details.getByText('place 2: ready'));
    await page.goBack();
    await expectGone(details);
    await expectShown(page.getByRole('heading', { level: 1, name: 'All 3 keys can be used' }));
  });

  it('open by their address, and then lead to the key', async () => {
    const scene = await startScene();
    const page = await open(scene.link(`/provider/acme?key=${scene.key('spare').keyId}`));
    await expectShown(page.getByRole('dialog', { name: 'spare' }).getByText('place 2: ready'));
    await page.keyboard.press('Escape');
    await expectGone(page.getByRole('dialog'));
    await expectFocused(page.getByRole('table').getByRole('link', { name: 'spare' }));
  });

  it('have the actions of the key, and their notices', async () => {
    const scene = await startScene();
    const page = await open(scene.link(`/provider/acme?key=${scene.key('spare').keyId}`));
    const details = page.getByRole('dialog', { name: 'spare' });
    await details.getByRole('button', { name: 'Actions for spare' }).click();
    await details.getByRole('menuitem', { name: 'Disable…' }).click();
    await page.getByRole('button', { name: 'Disable spare' }).click();
    await expectShown(details.getByRole('status').getByText('spare disabled'), details.getByText('Switched off'));
    await expectFocused(details.getByRole('button', { name: 'Actions for spare' }));
  });
});

describe.skipIf(!hasChromium())('acting on keys', () => {
  it('disables a key and enables it at each width by mouse and by keyboard', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    const [dialog, menuButton] = [page.getByRole('dialog'), page.getByRole('button', { name: 'Actions for main' })];

    await inEachWay(page, async ({ hand }) => {
      await choose(page, hand, 'main', 'Disable…');
      await expectShown(page.getByRole('dialog', { name: 'Disable main?' }));
      await expectFocused(dialog.getByRole('button', { name: 'Cancel' }));
      await page.keyboard.press('Escape');
      await expectGone(dialog);
      await expectFocused(menuButton);
      expect(scene.key('main').state).toBe('healthy');

      await choose(page, hand, 'main', 'Disable…');
      await expectShown(dialog.getByText('Acme keeps 2 of 3 usable keys.'), dialog.getByText('done by ana'));
      await hand.press(dialog.getByRole('button', { name: 'Disable main' }));
      await expectNotice(page, 'main disabled');
      await expectFocused(menuButton);
      expect(scene.key('main')).toMatchObject({ state: 'disabled', reason: 'operator' });
      await expectShown(keyRow(page, 'main').getByText('Switched off · ana'));

      await hand.press(page.getByRole('link', { name: 'Events' }).first());
      await expectShown(page.getByRole('button', { name: /main Disabled by ana/ }).first());
      await page.goBack();

      await choose(page, hand, 'main', 'Enable…');
      await hand.press(dialog.getByRole('button', { name: 'Enable main' }));
      await expectNotice(page, 'main enabled');
      await expectShown(keyRow(page, 'main').getByText('Healthy'));
      expect(scene.key('main').state).toBe('healthy');
    });
  });

  it('puts a key first and tests keys at each width by mouse and by keyboard', async () => {
    const scene = await startScene();
    const page = await open(scene.link('/provider/acme'));

    await inEachWay(page, async ({ hand }) => {
      await choose(page, hand, 'spare', 'Make first…');
      await expectFocused(page.getByRole('button', { name: 'Cancel' }));
      await hand.press(page.getByRole('button', { name: 'Make first spare' }));
      await expectNotice(page, 'spare is first now');
      await expectShown(page.getByText('spare is put first.'));
      expect(scene.manager().status().preferred).toMatchObject({ label: 'spare' });

      await choose(page, hand, 'spare', 'Test key');
      await expectNotice(page, /^spare works \(\d+ ms\)$/);
      await choose(page, hand, 'old', 'Test key');
      await expectNotice(page, 'old is refused: wrong_key');

      await choose(page, hand, 'spare', 'No longer first…');
      await hand.press(page.getByRole('button', { name: 'No longer first spare' }));
      await expectNotice(page, 'spare is no longer first');
      await expectGone(page.getByText('spare is put first.'));
    });
  });

  it('warns in red before the last usable key is disabled', async () => {
    const scene = await startScene();
    await call(scene.manager(), { main: { kind: 'rate-limited', retryAfterMs: 90_000 } });
    scene.manager().disable(keyOf('old'));
    const page = await open(scene.link());
    await choose(page, mouse, 'spare', 'Disable…');
    const warning = page.getByRole('dialog').getByRole('listitem').first();
    await expectShown(
      warning.getByText('This is the last usable key of Acme. Calls will fail until another one is back.'),
      warning.getByText(/The next one, main, is back in 1 m \d\d s\./),
    );
    const [red, error] = await page.evaluate<[string, string]>(`(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--color-error)';
      return [document.querySelector('dialog li'), probe].map((each) => getComputedStyle(each).color);
    })()`);
    expect(red).toBe(error);
    expect(error).toMatch(/^oklch\(\S+ 0\.19 25\)$/);
  });
});
