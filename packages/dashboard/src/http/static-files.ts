import { brotliDecompressSync } from 'node:zlib';
import { uiFiles } from '#ui-files';
import { accepts } from 'hono/accepts';
import type { AppContext } from './app-env.ts';
import { notFound } from './problem-error.ts';

type Encoding = 'br' | 'gzip' | 'identity';

interface StaticFile {
  readonly type: string;
  readonly contents: Record<'br' | 'gzip', Uint8Array<ArrayBuffer>> & { identity?: Uint8Array<ArrayBuffer> };
}

const encodings: readonly Encoding[] = ['br', 'gzip'];
const oneYear = 'public, max-age=31536000, immutable';

const files: ReadonlyMap<string, StaticFile> = new Map(
  uiFiles.files.map(({ path, type, brotli, gzip }) => [
    `/${path}`,
    { type, contents: { br: Buffer.from(brotli, 'base64'), gzip: Buffer.from(gzip, 'base64') } },
  ]),
);

/** Answers with the page. Its addresses are relative to where the dashboard is mounted. */
export function servePage(context: AppContext, basePath: string): Response {
  return context.html(uiFiles.html.replaceAll('__BASE_PATH__', basePath));
}

/** Answers with a file of the page, compressed as the client accepts it. */
export function serveFile(context: AppContext): Response {
  const file = files.get(context.req.path);
  if (!file) throw notFound('There is no such file.');
  const encoding = encodingOf(context);
  context.header('content-type', file.type);
  context.header('cache-control', oneYear);
  context.header('vary', 'accept-encoding');
  if (encoding !== 'identity') context.header('content-encoding', encoding);
  return context.body(contentOf(file, encoding));
}

function contentOf({ contents }: StaticFile, encoding: Encoding): Uint8Array<ArrayBuffer> {
  if (encoding !== 'identity') return contents[encoding];
  return (contents.identity ??= new Uint8Array(brotliDecompressSync(contents.br)));
}

/** Brotli if the client accepts it at all, because it is the smallest. */
function encodingOf(context: AppContext): Encoding {
  const chosen = accepts(context, {
    header: 'Accept-Encoding',
    supports: [...encodings],
    default: 'identity',
    match: (accepted) => encodings.find((name) => accepted.some(({ type, q }) => type === name && q > 0)) ?? 'identity',
  });
  return chosen as Encoding;
}
