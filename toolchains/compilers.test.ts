import { join } from 'node:path';
import { transformAsync } from '@babel/core';
import { transform } from '@swc/core';
import { expect, test } from 'vitest';
import { App, expectProgram, expectedLog, expectedResult, logLines, main, program, tools } from './app.ts';
import { babelOptions, decorators, swcOptions, tsconfig } from './decorator-settings.ts';

for (const [version, compiler, type, kind] of [
  ['TypeScript 7', 'typescript-7/bin/tsc', 'module', 'standard'],
  ['TypeScript 7', 'typescript-7/bin/tsc', 'module', 'legacy'],
  ['TypeScript 7', 'typescript-7/bin/tsc', 'commonjs', 'standard'],
  ['TypeScript 6', 'typescript/bin/tsc', 'commonjs', 'legacy'],
] as const) {
  test(`${version}, ${type}, ${kind} decorators`, async () => {
    await using app = await App.create({
      'main.ts': main,
      'package.json': JSON.stringify({ type }),
      'tsconfig.json': tsconfig(kind),
    });
    await app.install('@types/node');
    await app.run('node', join(tools, compiler));
    await expectProgram(app, 'node', 'main.js');
  });
}

test('TypeScript 7 leaves decorators in, which Node cannot read, with the target of `tsc --init`', async () => {
  await using app = await App.create({ 'main.ts': main });
  await app.install('@types/node');
  const compiler = join(tools, 'typescript-7/bin/tsc');
  await app.run('node', compiler, '--init');
  await app.run('node', compiler, '--types', 'node');
  await expect(app.run('node', 'main.js')).rejects.toThrow('SyntaxError: Invalid or unexpected token');
});

test.each(decorators)('tsx, %s decorators', async (kind) => {
  await using app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig(kind) });
  await expectProgram(app, 'tsx', 'main.ts');
});

test.each(decorators)('swc, %s decorators', async (kind) => {
  const { code } = await transform(main, { ...swcOptions(kind), module: { type: 'es6' } });
  await using app = await App.create({ 'main.js': code });
  await expectProgram(app, 'node', 'main.js');
});

test.each(decorators)('Babel, %s decorators', async (kind) => {
  const result = await transformAsync(main, { ...babelOptions(kind), filename: 'main.ts' });
  await using app = await App.create({ 'main.js': result?.code ?? '' });
  await expectProgram(app, 'node', 'main.js');
});

// In Vitest, legacy decorators need only the tsconfig.json; standard ones need a plugin.
const config = {
  standard: `
    import { transform } from 'esbuild';
    export default {
      plugins: [{
        name: 'standard-decorators',
        enforce: 'pre',
        transform: (code, id) => (id.endsWith('.ts') ? transform(code, { loader: 'ts', target: 'es2023' }) : null),
      }],
    };`,
  legacy: `export default {};`,
};

test.each(decorators)('Vitest, %s decorators', async (kind) => {
  await using app = await App.create({
    'run-program.ts': program,
    'program.test.ts': `
      import { runProgram } from './run-program.ts';
      test('the program', async () => expect(await runProgram(process.env['PROVIDER_URL'])).toEqual(${JSON.stringify(expectedResult)}));`,
    'tsconfig.json': tsconfig(kind),
    'vitest.config.mjs': config[kind],
  });
  await app.install('esbuild');
  const { stderr } = await app.run('vitest', 'run', '--globals', '--disableConsoleIntercept');
  expect(logLines(stderr)).toEqual(expectedLog);
});

test('Node without a compiler', async () => {
  await using app = await App.create({
    'main.ts': `
      import { type ApiKey, registry, wrapWithFallback } from '@api-key-fallback/core';
      import { OpenAIKeyManager } from '@api-key-fallback/openai';
      registry.register(new OpenAIKeyManager(['sk-test-c71e52d08f3a']));
      const length = wrapWithFallback(async (key: ApiKey<'openai'>): Promise<number> => key.length, { provider: 'openai' });
      console.log(await length());`,
  });
  const { stdout, stderr } = await app.run('node', 'main.ts');
  expect(stdout).toBe('20\n');
  expect(logLines(stderr)).toEqual(['INFO: OpenAI: Using key 1/1', 'INFO: OpenAI: Success with key 1/1']);
});
