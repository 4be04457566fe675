import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { expect, test } from 'vitest';
import { App, expectProgram, main, tools } from './app.ts';
import { tsconfig } from './decorator-settings.ts';

async function createCompiledApp(): Promise<App> {
  const app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig('standard') });
  await app.run('esbuild', 'main.ts', '--target=es2023', '--outfile=main.js');
  return app;
}

test('@vercel/nft', async () => {
  await using app = await createCompiledApp();
  const { fileList, warnings } = await nodeFileTrace([app.path('main.js')], { base: app.folder });
  await using traced = await App.create({}, { installed: false });
  for (const file of fileList) await cp(app.path(file), traced.path(file));
  expect([...warnings].map(String)).toEqual([]);
  await expectProgram(traced, 'node', 'main.js');
});

test('@vercel/ncc', async () => {
  await using app = await createCompiledApp();
  await app.run('node', join(tools, '@vercel/ncc/dist/ncc/cli.js'), 'build', 'main.js', '-o', 'dist');
  await using alone = await App.create({}, { installed: false });
  await app.copyTo(alone, 'dist');
  await expectProgram(alone, 'node', 'dist/index.js');
});

test('without winston', async () => {
  await using app = await createCompiledApp();
  await app.remove('node_modules/winston');
  const { stderr } = await expectProgram(app, 'node', 'main.js');
  expect(stderr.match(/AKF_NO_WINSTON/g)).toHaveLength(1);
});
