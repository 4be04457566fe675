import { join } from 'node:path';
import type { PluginItem, PresetItem } from '@babel/core';

/** Standard decorators, and the `experimentalDecorators` of TypeScript. */
export const decorators = ['standard', 'legacy'] as const;

/** A kind of decorators. */
export type Decorators = (typeof decorators)[number];

const tools = join(import.meta.dirname, 'node_modules');

/** Returns a `tsconfig.json`. */
export function tsconfig(kind: Decorators, compilerOptions: object = {}): string {
  const legacy = kind === 'legacy' ? { experimentalDecorators: true, emitDecoratorMetadata: true } : {};
  return JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      types: ['node'],
      ...legacy,
      ...compilerOptions,
    },
  });
}

/** Returns the options of Babel, which reads no file. */
export function babelOptions(kind: Decorators): {
  presets: PresetItem[];
  plugins: PluginItem[];
  configFile: false;
  babelrc: false;
} {
  return {
    configFile: false,
    babelrc: false,
    presets: [join(tools, '@babel/preset-typescript')],
    plugins: [
      [join(tools, '@babel/plugin-proposal-decorators'), { version: kind === 'legacy' ? 'legacy' : '2023-11' }],
    ],
  };
}

/** Returns the options of swc. */
export function swcOptions(kind: Decorators): object {
  return {
    swcrc: false,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform:
        kind === 'legacy' ? { legacyDecorator: true, decoratorMetadata: true } : { decoratorVersion: '2022-03' },
    },
  };
}
