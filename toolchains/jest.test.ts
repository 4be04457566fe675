import { join } from 'node:path';
import { expect, test } from 'vitest';
import { App, expectedLog, expectedResult, logLines, program, tools } from './app.ts';
import { babelOptions, type Decorators, decorators, swcOptions, tsconfig } from './decorator-settings.ts';

const spec = `
import { runProgram } from './run-program';

test('the program', async () => {
  expect(await runProgram(process.env['PROVIDER_URL'] ?? '')).toEqual(${JSON.stringify(expectedResult)});
});
`;

const presetEnv = [join(tools, '@babel/preset-env'), { targets: { node: '22' } }];

function babel(kind: Decorators): object {
  const { presets, ...options } = babelOptions(kind);
  return { ...options, presets: [presetEnv, ...presets] };
}

async function createApp(kind: Decorators, config: object, manifest: object, module: object): Promise<App> {
  return App.create({
    'run-program.ts': program,
    'program.test.ts': spec,
    'package.json': JSON.stringify(manifest),
    'jest.config.json': JSON.stringify(config),
    'tsconfig.json': tsconfig(kind, { ...module, allowJs: true }),
  });
}

/** Jest's console writes everything to stdout. */
async function expectSpec(app: App, command: string, ...args: string[]): Promise<void> {
  const { stdout } = await app.run(command, ...args);
  expect(logLines(stdout)).toEqual(expectedLog);
}

for (const kind of decorators) {
  for (const [name, transformer] of [
    ['babel-jest', [join(tools, 'babel-jest'), babel(kind)]],
    ['ts-jest', [join(tools, 'ts-jest'), { diagnostics: false }]],
    ['@swc/jest', [join(tools, '@swc/jest'), swcOptions(kind)]],
  ] as const) {
    test(`${name}, CommonJS, ${kind} decorators`, async () => {
      await using app = await createApp(
        kind,
        {
          transform: { '\\.[jt]s$': transformer },
          transformIgnorePatterns: ['/node_modules/(?!.*@api-key-fallback)'],
        },
        {},
        { module: 'commonjs', moduleResolution: 'bundler' },
      );
      await expectSpec(app, 'jest', '--no-cache');
    });

    test(`${name}, ES modules, ${kind} decorators`, async () => {
      await using app = await createApp(
        kind,
        {
          transform: {
            '\\.ts$': name === 'ts-jest' ? [transformer[0], { ...transformer[1], useESM: true }] : transformer,
          },
          extensionsToTreatAsEsm: ['.ts'],
        },
        { type: 'module' },
        { module: 'esnext', moduleResolution: 'bundler' },
      );
      await expectSpec(app, 'node', '--experimental-vm-modules', join(tools, 'jest/bin/jest.js'), '--no-cache');
    });
  }
}

test('CommonJS without a transform of the packages, where Jest can require ES modules', async () => {
  const transform = { '\\.ts$': [join(tools, '@swc/jest'), swcOptions('legacy')] };
  await using app = await createApp('legacy', { transform }, {}, {});
  await expectSpec(app, 'node', '--experimental-vm-modules', join(tools, 'jest/bin/jest.js'), '--no-cache');
});
