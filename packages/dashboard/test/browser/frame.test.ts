import { describe, expect, it } from 'vitest';
import { expectFocused, expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { inEachWay } from './in-each-way.ts';
import { startScene, token } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const background = 'getComputedStyle(document.body).backgroundColor';

describe.skipIf(!hasChromium())('signing in', () => {
  it('takes a token after a wrong one, and ends, at each width by mouse and by keyboard', async () => {
    const scene = await startScene();
    const page = await open(scene.url);
    const field = page.getByLabel('Access token');
    const submit = page.getByRole('button', { name: 'Sign in' });
    await inEachWay(page, async ({ hand }) => {
      await expectFocused(field);
      await hand.write(field, 'not-the-token-of-the-test');
      await hand.press(submit);
      await expectShown(page.getByRole('alert').getByText('This token is not right.'));
      await expectGone(page.getByRole('navigation'));
      // After a wrong token the next one has to wait for half a second.
      scene.skip(1000);
      await hand.write(field, token);
      await hand.press(submit);
      await expectShown(page.getByRole('heading', { level: 1, name: 'All 3 keys can be used' }));
      await hand.press(page.getByRole('button', { name: 'Sign out' }));
      await expectShown(page.getByRole('heading', { level: 1, name: 'Sign in' }));
      expect(await page.context().cookies()).toEqual([]);
      await page.reload();
      await expectShown(page.getByRole('heading', { level: 1, name: 'Sign in' }));
    });
  });

  it('makes the visitor wait after wrong tokens', async () => {
    const scene = await startScene();
    const page = await open(scene.url);
    await page.getByLabel('Access token').fill('not-the-token-of-the-test');
    const tryAgain = async () => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      return page.getByRole('alert').textContent();
    };
    // The first tries may be slower than the pause that they cost. It grows.
    await expect.poll(tryAgain).toMatch(/^Too many tries\. Next try in \d s\.$/);
  });

  it('takes the token of a link, and keeps the page that the link names', async () => {
    const scene = await startScene();
    const page = await open(scene.link('/events'));
    await expectShown(page.getByRole('heading', { level: 1, name: 'Events' }));
    expect(page.url()).toBe(`${scene.url}#/events`);
    // The page is the only one besides the empty one of a new tab.
    expect(await page.evaluate('history.length')).toBe(2);
  });

  it('takes the token of a link that is opened in the same tab', async () => {
    const scene = await startScene();
    const page = await open(scene.url);
    await expectShown(page.getByRole('heading', { level: 1, name: 'Sign in' }));
    await page.goto(`${scene.url}#token=${token}`);
    await expectShown(page.getByRole('heading', { level: 1, name: 'All 3 keys can be used' }));
    expect(page.url()).not.toContain(token);
    await page.goBack();
    await page.goForward();
    expect(page.url()).not.toContain(token);
  });
});

describe.skipIf(!hasChromium())('the language and the theme', () => {
  it('survive a reload at each width by mouse and by keyboard', async () => {
    const scene = await startScene();
    const page = await open(scene.link());
    await expectShown(page.getByRole('heading', { level: 1, name: 'All 3 keys can be used' }));
    const language = page.getByRole('combobox', { name: /Language|Idioma/ });
    const light = await page.evaluate(background);
    await inEachWay(page, async ({ hand }) => {
      await hand.choose(page.getByRole('combobox', { name: 'Theme' }), 'Dark');
      await expect.poll(() => page.evaluate(background)).not.toBe(light);
      const dark = await page.evaluate(background);
      await hand.choose(language, 'Português');
      await expectShown(page.getByRole('heading', { level: 1, name: 'Todas as 3 chaves podem ser usadas' }));
      await page.reload();
      await expectShown(page.getByRole('heading', { level: 1, name: 'Todas as 3 chaves podem ser usadas' }));
      expect(await page.evaluate(background)).toBe(dark);
      expect(await page.evaluate('document.documentElement.lang')).toBe('pt-BR');
      expect(await page.title()).toBe('Todas as 3 chaves podem ser usadas · API keys');

      await hand.choose(page.getByRole('combobox', { name: 'Tema' }), 'Claro');
      await expect.poll(() => page.evaluate(background)).toBe(light);
      await hand.choose(language, 'English');
      await expectShown(page.getByRole('heading', { level: 1, name: 'All 3 keys can be used' }));
    });
  });
});
