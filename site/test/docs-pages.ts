import { globSync } from 'node:fs';
import { root } from './site-browser.ts';

/** Returns the addresses of the pages of `docs`, from the English landing page. */
export function docsPages(): { english: string[]; portuguese: string[] } {
  const pages = globSync('docs/{start,guides,recipes,reference,why}/**/*.md', { cwd: root });
  const translated = globSync('docs/pt-BR/*/**/*.md', { cwd: root });
  const addressOf = (file: string): string =>
    `${file
      .replace(/^docs\//, '')
      .replace(/(\/README)?\.md$/, '')
      .toLowerCase()}/`;
  return { english: pages.map(addressOf), portuguese: translated.map(addressOf) };
}
