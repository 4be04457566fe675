import type { Registry } from 'prom-client';

/** The lines of a scrape, without comments, whose name begins like this. */
export async function scraped(register: Registry, name: string): Promise<string[]> {
  const text = await register.metrics();
  return text.split('\n').filter((line) => line.startsWith(`api_key_fallback_${name}`));
}

/** The same without the labels of the provider and its default pool. */
export async function scrapedOf(register: Registry, name: string): Promise<string[]> {
  const lines = await scraped(register, name);
  return lines.map((line) => line.replace('api_key_fallback_', '').replace(/provider="acme",pool="default",?/, ''));
}
