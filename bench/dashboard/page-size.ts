import { createDashboard } from '@api-key-fallback/dashboard';
import type { Finding, Findings } from './finding.ts';

const limitKB = 60;
const names = { br: 'brotli', gzip: 'gzip' } as const;
/** The files of languages that are loaded on demand. */
const otherLanguage = /portuguese/i;

/** Measures what a visitor loads, as it is sent. */
export async function pageSize(): Promise<Findings> {
  const dashboard = createDashboard({ managers: [], auth: { token: 'only-files-are-read' }, logger: false });

  async function load(path: string, encoding: string): Promise<{ readonly text: string; readonly bytes: number }> {
    const url = new URL(path, 'http://localhost/');
    const headers = { 'accept-encoding': encoding };
    const sent = await (await dashboard.fetch(new Request(url, { headers }))).arrayBuffer();
    const text = await (await dashboard.fetch(new Request(url))).text();
    return { text, bytes: sent.byteLength };
  }

  async function sizesWith(encoding: string): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    const left = [''];
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (sizes.has(path)) continue;
      const { text, bytes } = await load(path, encoding);
      sizes.set(path, bytes);
      for (const [name] of text.matchAll(/[\w-]+\.(?:js|css)\b/g))
        if (/-[\w-]{8}\./.test(name)) left.push(`assets/${name}`);
    }
    return sizes;
  }

  const rows: Finding[] = [];
  for (const [encoding, name] of Object.entries(names)) {
    const sizes = [...(await sizesWith(encoding))];
    const sum = (files: typeof sizes): number => files.reduce((all, [, bytes]) => all + bytes, 0) / 1000;
    if (encoding === 'br') {
      for (const [path, bytes] of sizes)
        rows.push({ name: path === '' ? 'the page' : path, value: bytes / 1000, unit: 'kB' });
    }
    const inEnglish = sizes.filter(([path]) => !otherLanguage.test(path));
    const bar = encoding === 'br' ? { bar: limitKB } : {};
    rows.push({ name: `all, ${name}`, value: sum(inEnglish), unit: 'kB', ...bar });
    rows.push({ name: `with the second language, ${name}`, value: sum(sizes), unit: 'kB' });
  }
  await dashboard.close();
  return { title: 'Size of the page', about: 'All files as they are sent, with the charts.', rows };
}
