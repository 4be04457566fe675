import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildUi } from './build-ui.ts';

// Writes the page as one module, so that the dashboard reads no files and can be bundled.

const dist = join(import.meta.dirname, '..', 'dist');
const declaration = `export declare const uiFiles: {
  readonly html: string;
  readonly files: readonly {
    readonly path: string;
    readonly type: string;
    readonly brotli: string;
    readonly gzip: string;
  }[];
};
`;

const built = await buildUi();
await mkdir(dist, { recursive: true });
await writeFile(join(dist, 'ui-files.js'), `export const uiFiles = ${JSON.stringify(built)};\n`);
await writeFile(join(dist, 'ui-files.d.ts'), declaration);
for (const { path, brotli, gzip } of built.files) {
  const sizes = [brotli, gzip].map((text) => `${(Buffer.from(text, 'base64').length / 1000).toFixed(1)} kB`);
  process.stdout.write(`${path}: ${sizes.join(' brotli, ')} gzip\n`);
}
