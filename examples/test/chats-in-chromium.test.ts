import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasChromium } from '../../test-support/has-chromium.ts';
import { launchChromium } from '../../test-support/launch-chromium.ts';
import { aiSdkRoute, eventsUntilText, plainRoutes } from './chat-routes.ts';
import { firstKey, patience, secondKey, useService } from './use-service.ts';

const keys = [firstKey, secondKey];

/** What a script in the page has seen of an answer. */
interface Seen {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly error?: string;
}

/** Asks as a script of the page does, and reads the answer to its end or its failure. */
function ask(page: Page, request: object): Promise<Seen> {
  return page.evaluate(async (body): Promise<Seen> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/chat', { method: 'POST', headers, body: JSON.stringify(body) });
    const { status } = response;
    const retryAfter = response.headers.get('retry-after');
    let text = '';
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
      return { status, retryAfter, text };
    } catch (error) {
      return { status, retryAfter, text, error: String(error) };
    }
  }, request);
}

describe.skipIf(!hasChromium())('Chromium', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());

  describe.each([...plainRoutes, aiSdkRoute])('and $file', (route) => {
    const service = useService(route.file);

    /** Opens an error page of the service, which has no others. Scripts in it may call the service; Express forbids that in its own. */
    async function open(): Promise<Page> {
      const page = await browser.newPage({ bypassCSP: true });
      await page.goto(`${service.url}/a-page`);
      return page;
    }

    it('ends the request to the provider when the page is closed', async () => {
      for (const key of keys) service.provider.script(key, ['hang']);
      const page = await open();
      const seen = ask(page, route.request('Bom dia')).catch(() => {});
      await vi.waitFor(() => expect(service.provider.openCount).toBe(1), patience);
      await page.close();
      await vi.waitFor(() => expect(service.provider.openCount).toBe(0), patience);
      await seen;
    });

    it('reads the whole answer, sees 503 before it, and sees that an answer is incomplete', async () => {
      const page = await open();
      const request = route.request('Bom dia');
      const served = await ask(page, request);
      expect(served).toMatchObject({ status: 200 });
      expect(served.error).toBeUndefined();
      expect(route.textOf(served.text)).toBe('You said: Bom dia');

      const chunks = await eventsUntilText(service.provider, route);
      for (const key of keys) service.provider.script(key, [{ chunks, ending: 'reset' }]);
      const broken = await ask(page, request);
      expect(broken).toMatchObject({ status: 200 });
      expect(broken.error).toBe('TypeError: network error');

      const answer = { status: 429, headers: { 'retry-after': '30' }, body: {} };
      for (const key of keys) service.provider.script(key, [answer]);
      const refused = await ask(page, request);
      expect(refused).toMatchObject({ status: 503, text: '{"error":"rate-limited"}' });
      expect(refused.retryAfter).toMatch(/^(?:29|30)$/);
      await page.close();
    });
  });
});
