import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

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

await build({
  absWorkingDir: join(import.meta.dirname, '../packages/core'),
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
  logLevel: 'warning',
});
