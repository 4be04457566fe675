import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { serveSite, type ServedSite } from './serve-site.ts';

export const root: string = join(import.meta.dirname, '../..');
export const dist: string = join(root, 'site/dist');

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface SiteBrowser {
  url: string;
  /** Hosts other than the server's that pages asked for. */
  foreignRequests: string[];
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  close: () => Promise<void>;
}

/** Serves the built site and starts Chromium: CHROMIUM_PATH, or Debian's package. */
export async function startSiteBrowser(): Promise<SiteBrowser> {
  const site: ServedSite = await serveSite(dist);
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  const browser: Browser = await chromium.launch({ executablePath, args });
  const foreignRequests: string[] = [];
  return {
    url: site.url,
    foreignRequests,
    async open(options = {}) {
      const context = await browser.newContext(options);
      context.on('request', (request) => {
        if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(site.url))
          foreignRequests.push(request.url());
      });
      return context;
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}
