import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const base = '/api-key-fallback/';

const contentTypes: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.xml': 'application/xml',
};

export interface ServedSite {
  /** The address of the English landing page, with a slash at its end. */
  url: string;
  close: () => Promise<void>;
}

/** Serves a built site from a free loopback port, as a host of static files does. */
export async function serveSite(dist: string): Promise<ServedSite> {
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`Build the site first: ${dist} has no index.html.`);

  function fileOf(path: string): string | undefined {
    if (!path.startsWith(base)) return undefined;
    const file = join(dist, path.slice(base.length), path.endsWith('/') ? 'index.html' : '');
    return file.startsWith(dist) && existsSync(file) && statSync(file).isFile() ? file : undefined;
  }

  async function answer(path: string): Promise<{ status: number; type: string; body: Buffer }> {
    const file = fileOf(decodeURIComponent(path));
    const body = await readFile(file ?? join(dist, '404.html'));
    return {
      status: file ? 200 : 404,
      type: contentTypes[extname(file ?? '.html')] ?? 'application/octet-stream',
      body,
    };
  }

  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost').pathname).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
