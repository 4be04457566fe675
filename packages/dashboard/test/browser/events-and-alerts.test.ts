import { watchKeys, type Notification } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { expectGone, expectShown } from './expect-shown.ts';
import { hasChromium } from '../../../../test-support/has-chromium.ts';
import { inEachWay } from './in-each-way.ts';
import { call, startScene } from './start-scene.ts';
import { useBrowser } from './use-browser.ts';

const open = useBrowser();

const pools = [{ keys: ['main', 'spare'] }, { provider: 'videos', keys: ['reader'] }];

describe.skipIf(!hasChromium())('the page of events', () => {
  it('filters, opens and pauses at each width by mouse and by keyboard', async () => {
    const scene = await startScene({ pools });
    scene.manager().disable({ keyId: scene.key('spare').keyId }, { actor: 'bob' });
    scene.manager('videos').disable({ keyId: scene.key('reader', 'videos').keyId }, { actor: 'bob' });
    await call(scene.manager(), { main: { kind: 'transient' } });
    const page = await open(scene.link('/events'));
    const feed = page.getByRole('main').getByRole('list').last();
    const entry = (text: RegExp) => feed.getByRole('button', { name: text });
    await inEachWay(page, async ({ hand }) => {
      await expectShown(entry(/reader Disabled by bob/), entry(/main Attempt 1\/1 failed/));
      await hand.choose(page.getByRole('combobox', { name: 'Provider' }), 'Videos');
      await expectGone(entry(/spare Disabled/));
      await expectShown(entry(/reader Disabled by bob/));
      expect(page.url()).toBe(`${scene.url}#/events?provider=videos`);
      await hand.choose(page.getByRole('combobox', { name: 'Provider' }), 'All providers');
      await hand.press(page.getByRole('button', { name: 'Calls', pressed: true }));
      await expectGone(entry(/main Attempt/));
      await hand.write(page.getByRole('searchbox', { name: 'Filter' }), 'reader');
      await expectGone(entry(/spare/));
      const address = `${scene.url}#/events?kinds=health.store.actions&search=reader`;
      await expect.poll(() => page.url()).toBe(address);
      await page.reload();
      await expectShown(entry(/reader Disabled by bob/));
      expect(await feed.getByRole('listitem').count()).toBe(1);

      await hand.press(entry(/reader Disabled by bob/));
      await expectShown(
        page.getByRole('region', { name: 'The event key.disabled as JSON' }).getByText('"actor": "bob"'),
      );
      await page.goto(`${scene.url}#/events`);
    });
  });

  it('counts what waits during a pause at each width by mouse and by keyboard', async () => {
    const scene = await startScene({ pools });
    const page = await open(scene.link('/events'));
    await expectShown(page.getByText('No event yet.'));
    const status = page.getByRole('region', { name: 'Connection and scope' });
    const main = { keyId: scene.key('main').keyId };
    await inEachWay(page, async ({ hand, turn }) => {
      await hand.press(page.getByRole('main').getByRole('button', { name: 'Pause updates' }));
      await expectShown(status.getByText('Paused'));
      scene.manager().disable(main);
      scene.manager().enable(main);
      const resume = page.getByRole('button', { name: '2 new events' });
      await expectShown(resume);
      expect(await page.getByRole('listitem').count()).toBe(2 * turn);
      await hand.press(resume);
      await expectShown(status.getByText('Live'), page.getByRole('listitem').nth(2 * turn + 1));
    });
  });
});

describe.skipIf(!hasChromium())('the page of alerts', () => {
  it('shows what fires, and sends a test at each width by mouse and by keyboard', async () => {
    const sent: Notification[] = [];
    const oncall = (notification: Notification) => void sent.push(notification);
    const scene = await startScene({
      alerts: (managers) => watchKeys({ managers, channels: [oncall], logger: false }),
    });
    await call(scene.manager(), { old: { kind: 'invalid-key' }, main: { kind: 'invalid-key' } });
    const page = await open(scene.link());
    await inEachWay(page, async ({ hand, turn }) => {
      await hand.press(page.getByRole('link', { name: /Alerts/ }).first());
      await expectShown(page.getByRole('region', { name: 'Firing 1' }).getByText('a key is refused'));
      await hand.press(page.getByRole('button', { name: 'Send a test to oncall' }));
      await expectShown(page.getByRole('status').getByText(/^Test delivered to oncall in \d+ ms$/));
      await expect.poll(() => sent.filter(({ kind }) => kind === 'test').length).toBe(turn + 1);
      await expectShown(page.getByRole('region', { name: 'Last deliveries' }).getByText(/test/).first());
      await hand.press(page.getByRole('link', { name: 'Events' }).first());
      await expectShown(page.getByRole('button', { name: /Test sent to oncall by ana/ }).first());
    });
  });
});
