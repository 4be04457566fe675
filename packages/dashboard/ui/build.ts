import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thirdPartyLicenses } from '../../../scripts/third-party-licenses.ts';
import { bundleUi, compressUi } from './build-ui.ts';
import { stylePackages } from './style-packages.ts';

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

const bundle = await bundleUi();
const built = compressUi(bundle);
const bundledFiles = bundle.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
await mkdir(dist, { recursive: true });
await writeFile(join(dist, 'THIRD-PARTY-LICENSES.md'), thirdPartyLicenses([...bundledFiles, ...stylePackages()]));
await writeFile(join(dist, 'ui-files.js'), `export const uiFiles = ${JSON.stringify(built)};\n`);
await writeFile(join(dist, 'ui-files.d.ts'), declaration);
for (const { path, brotli, gzip } of built.files) {
  const sizes = [brotli, gzip].map((text) => `${(Buffer.from(text, 'base64').length / 1000).toFixed(1)} kB`);
  process.stdout.write(`${path}: ${sizes.join(' brotli, ')} gzip\n`);
}
