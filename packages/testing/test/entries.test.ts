import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** What an entry exports in a process where Vitest is not installed. */
async function exportsWithoutVitest(entry: string): Promise<unknown> {
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
  const flags = ['--conditions=@api-key-fallback/source', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

it('needs Vitest for its suites only', async () => {
  expect(await exportsWithoutVitest('../src/index.ts')).toEqual(['recordedResponses', 'startProviderServer']);
  expect(await exportsWithoutVitest('../src/vitest.ts')).toContain('Vitest is not installed.');
});
