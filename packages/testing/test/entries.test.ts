import { expect, it } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';

/** Returns the exports of an entry in a process without Vitest, or the error. */
function exportsWithoutVitest(entry: string): Promise<unknown> {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve(specifier, context, next) {
        if (/^vitest(?:\\/|$)/.test(specifier)) throw new Error('Vitest is not installed.');
        return next(specifier, context);
      },
    });
    const names = await import(${JSON.stringify(new URL(entry, import.meta.url))}).then(Object.keys, String);
    process.stdout.write(JSON.stringify(names));
  `;
  return evaluateModule(script, import.meta.dirname);
}

it('needs Vitest only for the suites', async () => {
  expect(await exportsWithoutVitest('../src/index.ts')).toEqual([
    'createTestManager',
    'recordedResponses',
    'startProviderServer',
  ]);
  expect(await exportsWithoutVitest('../src/vitest.ts')).toContain('Vitest is not installed.');
});
