import { join } from 'node:path';
import { babel } from '@rollup/plugin-babel';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { build } from 'vite';
import { expect, test } from 'vitest';
import webpack from 'webpack';
import { App, expectProgram, main, type Output, tools } from './app.ts';
import { babelOptions, type Decorators, decorators, swcOptions, tsconfig } from './decorator-settings.ts';

// Without it, an ES module that esbuild makes cannot load CommonJS packages that use Node's modules, such as winston.
const requireForESM =
  "--banner:js=import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);";

/** Runs a bundle where there is no `node_modules`. */
async function expectBundle(app: App, file: string): Promise<Output> {
  await using alone = await App.create({}, { installed: false });
  await app.copyTo(alone, 'dist');
  return await expectProgram(alone, 'node', `dist/${file}`);
}

for (const [format, file, ...options] of [
  ['esm', 'bundle.mjs', requireForESM],
  ['cjs', 'bundle.cjs'],
] as const) {
  test.each(decorators)(`esbuild, ${format}, %s decorators`, async (kind) => {
    await using app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig(kind) });
    const target = ['--bundle', '--platform=node', '--target=es2023', `--format=${format}`, `--outfile=dist/${file}`];
    await app.run('esbuild', 'main.ts', ...target, ...options);
    await expectBundle(app, file);
  });
}

test('esbuild, esm, without a `require` for winston', async () => {
  await using app = await App.create({ 'main.ts': main });
  const target = ['--bundle', '--platform=node', '--target=es2023', '--format=esm', '--outfile=dist/bundle.mjs'];
  await app.run('esbuild', 'main.ts', ...target);
  const { stderr } = await expectBundle(app, 'bundle.mjs');
  expect(stderr.match(/AKF_NO_WINSTON/g)).toHaveLength(1);
});

async function runWebpack(app: App, options: webpack.Configuration, kind: Decorators = 'standard'): Promise<void> {
  const compiler = webpack({
    context: app.folder,
    entry: './main.ts',
    mode: 'production',
    optimization: { minimize: false },
    output: { path: app.path('dist'), filename: 'bundle.cjs', chunkFilename: '[name].cjs' },
    module: { rules: [{ test: /\.ts$/, loader: join(tools, 'swc-loader'), options: swcOptions(kind) }] },
    ...options,
  });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler?.run((error, done) => (error ? reject(error) : resolve(done)));
  });
  expect(stats?.toJson({ all: false, errors: true }).errors).toEqual([]);
}

test.each(decorators)('webpack with swc-loader, %s decorators', async (kind) => {
  await using app = await App.create({ 'main.ts': main });
  await runWebpack(app, { target: 'node22' }, kind);
  await expectBundle(app, 'bundle.cjs');
});

test.each(decorators)('rollup with Babel, %s decorators', async (kind) => {
  await using app = await App.create({ 'main.ts': main });
  await using bundle = await rollup({
    input: app.path('main.ts'),
    plugins: [
      nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }),
      commonjs(),
      json(),
      babel({ ...babelOptions(kind), extensions: ['.ts'], babelHelpers: 'bundled', exclude: /node_modules/ }),
    ],
    onwarn: () => {},
  });
  await bundle.write({ dir: app.path('dist'), format: 'esm', entryFileNames: 'bundle.mjs' });
  await expectBundle(app, 'bundle.mjs');
});

test('Vite SSR build, legacy decorators', async () => {
  await using app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig('legacy') });
  await build({
    root: app.folder,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: 'main.ts', rolldownOptions: { output: { entryFileNames: 'bundle.mjs' } } },
  });
  await expectBundle(app, 'bundle.mjs');
});

const refusal = 'API keys must not reach a browser';

test('esbuild, for a browser', async () => {
  await using app = await App.create({ 'main.ts': main });
  const target = ['--bundle', '--platform=browser', '--target=es2023', '--format=esm', '--outfile=dist/bundle.mjs'];
  await app.run('esbuild', 'main.ts', ...target);
  await expect(app.run('node', 'dist/bundle.mjs')).rejects.toThrow(refusal);
});

test('Vite, for a browser', async () => {
  await using app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig('legacy') });
  await build({
    root: app.folder,
    configFile: false,
    logLevel: 'error',
    build: { lib: { entry: 'main.ts', formats: ['es'], fileName: () => 'bundle.mjs' } },
  });
  await expect(app.run('node', 'dist/bundle.mjs')).rejects.toThrow(refusal);
});

test('webpack, for a browser', async () => {
  await using app = await App.create({ 'main.ts': main });
  await runWebpack(app, { target: 'web' });
  await expect(app.run('node', 'dist/bundle.cjs')).rejects.toThrow(refusal);
});
