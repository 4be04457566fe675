import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const adapter = `{ name: 'house', displayName: 'House', env: 'HOUSE_KEY', classifyError: () => undefined }`;
const tsx = createRequire(import.meta.url).resolve('tsx/cli');

/** Runs a user's program in its own process. */
function run(program: string): { readonly stdout: string; readonly lines: string[] } {
  const imports = `import { createRequire, registerHooks } from 'node:module';
    const isLoaded = (name) => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/node_modules/' + name + '/'));
    const keys = ['a-key-of-26-characters-abc', 'b-key-of-26-characters-abc'];
    const refuseFirst = (key) => { if (key === keys[0]) throw Object.assign(new Error('bad key'), { status: 401 }); };
    const main = async () => {
      const { ApiKeyManager } = await import('@api-key-fallback/core');
      ${program}
    };
    void main();`;
  const args = [tsx, '--conditions=@api-key-fallback/source', '--input-type=module', '--eval', imports];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  return { stdout, lines: stderr.trim().split('\n') };
}

const linesOfTwoKeys = [
  'INFO: House: Using key 1/2',
  'WARNING: House: Error on attempt 1/3: bad key',
  'WARNING: House: Key 1/2 failed. Trying next key...',
  'INFO: House: Using key 2/2',
  'INFO: House: Attempt 1/3 with key 2/2',
  'INFO: House: Success with key 2/2',
];

it('winston is loaded with the first line, and writes all lines to stderr, each with its level', () => {
  const { stdout, lines } = run(`
    const states = [isLoaded('winston')];
    const quiet = new ApiKeyManager(${adapter}, keys, { logLevel: 'silent' });
    await quiet.retryWithFallback(() => 'value');
    const custom = new ApiKeyManager(${adapter}, keys, { logger: { debug() {}, info() {}, warn() {}, error() {} } });
    await custom.retryWithFallback(() => 'value');
    await new Promise((resolve) => setImmediate(resolve));
    states.push(isLoaded('winston'));
    process.on('exit', () => process.stdout.write(JSON.stringify([...states, isLoaded('winston')])));
    await new ApiKeyManager(${adapter}, keys).retryWithFallback(refuseFirst);
  `);
  expect(lines).toEqual(linesOfTwoKeys);
  expect(stdout).toBe('[false,false,true]');
});

it('lines that are written before and after winston is there keep their order', () => {
  const { lines } = run(`
    const manager = new ApiKeyManager(${adapter}, keys);
    const call = () => manager.retryWithFallback(() => 'value', { maxRetries: 1 });
    await call();
    while (!isLoaded('winston')) { await call(); await new Promise((resolve) => setImmediate(resolve)); }
    for (let count = 0; count < 3; count++) await call();
  `);
  const expected = lines.map((_, index) => `INFO: House: ${index % 2 === 0 ? 'Using' : 'Success with'} key 1/2`);
  expect(lines.length).toBeGreaterThan(6);
  expect(lines).toEqual(expected);
});

it('a process that ends before winston is there writes its lines to stderr', () => {
  const { stdout, lines } = run(`
    await new ApiKeyManager(${adapter}, keys).retryWithFallback(refuseFirst);
    process.exit(0);
  `);
  expect(lines).toEqual(linesOfTwoKeys);
  expect(stdout).toBe('');
});

it('without winston the same lines go to stderr, after one warning', () => {
  const { stdout, lines } = run(`
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === 'winston') throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(specifier, context);
      },
    });
    const manager = new ApiKeyManager(${adapter}, keys);
    await manager.retryWithFallback(refuseFirst);
    await new Promise((resolve) => setImmediate(resolve));
    manager.reset();
    await new ApiKeyManager(${adapter}, keys).retryWithFallback(() => 'value');
  `);
  expect(lines.filter((line) => line.startsWith('INFO') || line.startsWith('WARNING'))).toEqual([
    ...linesOfTwoKeys,
    'INFO: House: Key 1/2 has recovered',
    'INFO: House: Using key 1/2',
    'INFO: House: Success with key 1/2',
  ]);
  expect(lines.filter((line) => line.includes('AKF_NO_WINSTON'))).toEqual([
    expect.stringMatching(/winston cannot be loaded \(not installed\), so/),
  ]);
  expect(stdout).toBe('');
});
