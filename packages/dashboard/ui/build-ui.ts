import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import { build, type Rolldown } from 'vite';
import type { UiFile, UiFiles } from './ui-files.ts';

const root = import.meta.dirname;
const cache = join(root, '..', 'node_modules', '.ui-cache');
/** The first browsers with `light-dark()`, `oklch()` and nesting. */
const cssTarget = ['chrome123', 'firefox128', 'safari17.5'];
const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Bundles the page. */
export async function bundleUi(): Promise<Rolldown.RolldownOutput> {
  return (await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    // One minifier for what the browsers below know; Tailwind's own adds fallbacks for older ones.
    plugins: [tailwind({ optimize: false })],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { write: false, target: 'es2023', cssTarget, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  })) as Rolldown.RolldownOutput;
}

/** Compresses the files of the bundle as they are sent. */
export function compressUi({ output }: Rolldown.RolldownOutput): UiFiles {
  const files = output.map(({ fileName, ...file }) => ({
    path: fileName,
    content: file.type === 'asset' ? file.source : file.code,
  }));
  const html = files.find(({ path }) => path === 'index.html');
  if (!html) throw new Error('Vite has built no index.html.');
  return { html: String(html.content), files: files.filter((file) => file !== html).map(compressed) };
}

/** The same from the cache, unless a source has changed. */
export async function buildUiOnce(): Promise<UiFiles> {
  const path = join(cache, `${await hashOfSources()}.json`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as UiFiles;
  const built = compressUi(await bundleUi());
  await mkdir(cache, { recursive: true });
  // Other processes may build it too, and must not read half of it.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(built));
  await rename(unfinished, path);
  return built;
}

function compressed({ path, content }: { readonly path: string; readonly content: string | Uint8Array }): UiFile {
  const bytes = Buffer.from(content);
  const type = types[path.slice(path.lastIndexOf('.') + 1)];
  if (type === undefined) throw new Error(`The page has a file of an unknown type: ${path}`);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const brotli = brotliCompressSync(bytes, { params: quality }).toString('base64');
  return { path, type, brotli, gzip: gzipSync(bytes, { level: 9 }).toString('base64') };
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [root, join(root, '..', 'src', 'protocol')]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths.toSorted()) hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
