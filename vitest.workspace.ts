import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const packages = join(import.meta.dirname, 'packages');
const conditions = ['@api-key-fallback/source'];
const warnings = join(import.meta.dirname, 'vitest.warnings.ts');
const setupFiles = [join(import.meta.dirname, 'vitest.setup.ts'), warnings];

/** Google's client uses these also for loopback addresses, and tests must not depend on the developer's shell. */
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const noProxy = Object.fromEntries(
  proxyVariables.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, '']),
);

/** Set but empty, these hide the developer's `.env`. */
const noSettings = { API_KEY_FALLBACK_LOG_LEVEL: '', API_KEY_FALLBACK_LOCALE: '', API_KEY_STATE_DIR: '' };

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

/** Tests that start processes with a store or a manager. New files match when `process` is in their name. */
const processTests = 'test/**/*process*.test.ts';

/** Projects with the longest files start first, because a long file that starts last runs alone. */
const first = ['processes', 'redis', 'testing', 'examples', 'dashboard'];

class LongProjectsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not the method of an array
    const sorted = await super.sort(files);
    const rank = ({ project }: TestSpecification): number => first.indexOf(project.name) + 1 || Infinity;
    return sorted.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    env: { ...noProxy, ...noSettings },
    // Threads start faster than processes.
    pool: 'threads',
    // Many tests spend most of their time waiting for servers and processes.
    maxWorkers: availableParallelism() + 2,
    // A busy machine is ten times slower. These only end a test that hangs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongProjectsFirst },
    projects: [
      ...readdirSync(packages).map((name) => {
        const root = join(packages, name);
        const setup = join(root, 'test', 'global-setup.ts');
        const globalSetup = existsSync(setup) ? [setup] : [];
        return {
          extends: true as const,
          root,
          test: {
            name,
            globalSetup,
            setupFiles,
            include: ['test/**/*.test.ts'],
            exclude: ['**/standard*.test.ts', processTests],
          },
        };
      }),
      {
        extends: true as const,
        test: {
          name: 'processes',
          globalSetup: [
            join(import.meta.dirname, 'vitest.bundle-children.ts'),
            join(packages, 'redis/test/global-setup.ts'),
            join(packages, 'telemetry/test/warn-without-prometheus.ts'),
          ],
          setupFiles,
          include: [`packages/*/${processTests}`],
        },
      },
      {
        extends: true as const,
        plugins: [standardDecorators],
        test: { name: 'standard-decorators', setupFiles, include: ['packages/*/test/**/standard*.test.ts'] },
      },
      ...['bench', 'examples', 'scripts'].map((name) => ({
        extends: true as const,
        root: join(import.meta.dirname, name),
        test: { name, setupFiles: [warnings], include: ['test/**/*.test.ts'] },
      })),
    ],
  },
});
