import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { defineConfig } from 'vitest/config';

const packages = join(import.meta.dirname, 'packages');
const conditions = ['@api-key-fallback/source'];
const warnings = join(import.meta.dirname, 'vitest.warnings.ts');
const setupFiles = [join(import.meta.dirname, 'vitest.setup.ts'), warnings];

/** Google's client honours these even for a loopback address, and the tests must not depend on the developer's shell. */
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const noProxy = Object.fromEntries(
  proxyVariables.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, '']),
);

/** Vite's transformer cannot lower standard decorators yet; esbuild can. */
const standardDecorators = {
  name: 'standard-decorators',
  enforce: 'pre' as const,
  async transform(code: string, id: string) {
    if (!id.endsWith('.ts') || id.includes('/node_modules/')) return null;
    const result = await transform(code, {
      loader: 'ts',
      target: 'es2023',
      sourcefile: id,
      sourcemap: true,
      tsconfigRaw: { compilerOptions: { experimentalDecorators: false, verbatimModuleSyntax: true } },
    });
    return { code: result.code, map: result.map };
  },
};

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    env: noProxy,
    projects: [
      ...readdirSync(packages).map((name) => {
        const root = join(packages, name);
        const setup = join(root, 'test', 'global-setup.ts');
        const globalSetup = existsSync(setup) ? [setup] : [];
        return {
          extends: true as const,
          root,
          test: { name, globalSetup, setupFiles, include: ['test/**/*.test.ts'], exclude: ['**/standard*.test.ts'] },
        };
      }),
      {
        extends: true as const,
        plugins: [standardDecorators],
        test: { name: 'standard-decorators', setupFiles, include: ['packages/*/test/**/standard*.test.ts'] },
      },
      {
        extends: true as const,
        root: join(import.meta.dirname, 'examples'),
        test: { name: 'examples', setupFiles: [warnings], include: ['test/**/*.test.ts'] },
      },
    ],
  },
});
