import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { thirdPartyLicenses } from './third-party-licenses.ts';

// Bundles core into a few files: many small ones would double its import time.

/**
 * dotenv-flow is CommonJS and calls `require('fs')`. A bundler that makes an ES module of it, such as esbuild, leaves that
 * call in, and it fails when the application starts. In core's own files it gets the modules without `require`, and at
 * their first use, because `crypto` takes as long to load as core.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup(bundle) {
    bundle.onResolve({ filter: /^(?:crypto|fs|os|path)$/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    bundle.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule('node:${path}')[name] });`,
    }));
  },
};

interface SourceMap {
  readonly sources: readonly string[];
  sourcesContent: (string | null)[];
}

/** Takes the text of core's own sources out of a source map: the package has these files. */
function withoutOwnSources(text: string): string {
  const map = JSON.parse(text) as SourceMap;
  map.sourcesContent = map.sourcesContent.map((content, at) =>
    map.sources[at]?.startsWith('../src/') ? null : content,
  );
  return JSON.stringify(map);
}

const core = join(import.meta.dirname, '../packages/core');
const { metafile } = await build({
  absWorkingDir: core,
  entryPoints: ['src/index.ts', 'src/adapter.ts', 'src/store.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'shared-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'es2023',
  external: ['reflect-metadata', 'winston'],
  plugins: [builtins],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});

for (const output of Object.keys(metafile.outputs)) {
  const file = join(core, output);
  if (file.endsWith('.map')) writeFileSync(file, withoutOwnSources(readFileSync(file, 'utf8')));
}
const bundledFiles = Object.keys(metafile.inputs).map((input) => join(core, input));
writeFileSync(join(core, 'dist/THIRD-PARTY-LICENSES.md'), thirdPartyLicenses(bundledFiles));
