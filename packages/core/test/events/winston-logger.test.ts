import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const adapter = `{ name: 'house', displayName: 'House', env: 'HOUSE_KEY', classifyError: () => undefined }`;

/** Returns the output of a user's program, run in its own process. */
function run(program: string, env: Readonly<Record<string, string>> = {}): string[] {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const imports = `import { createRequire } from 'node:module';
    import { ApiKeyManager, callWithFallback } from '@api-key-fallback/core';
    const isLoaded = (name) => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/node_modules/' + name + '/'));
    const main = async () => { ${program} };
    void main();`;
  const args = [tsx, '--conditions=@api-key-fallback/source', '--input-type=module', '--eval', imports];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

it('winston is loaded with the first line, and prefixes each line with its level', { timeout: 20_000 }, () => {
  const lines = run(`
    const states = [isLoaded('winston')];
    const keys = ['a-key-of-26-characters-abc', 'b-key-of-26-characters-abc'];
    const quiet = new ApiKeyManager(${adapter}, keys, { logLevel: 'silent' });
    await quiet.retryWithFallback(() => 'value');
    const custom = new ApiKeyManager(${adapter}, keys, { logger: { debug() {}, info() {}, warn() {}, error() {} } });
    await custom.retryWithFallback(() => 'value');
    states.push(isLoaded('winston'), isLoaded('dotenv-flow'));
    const loud = new ApiKeyManager(${adapter}, keys);
    states.push(isLoaded('winston'));
    await loud.retryWithFallback((key) => { if (key === keys[0]) throw Object.assign(new Error('bad key'), { status: 401 }); });
    states.push(isLoaded('winston'));
    process.stdout.write(JSON.stringify(states) + '\\n');
  `);
  expect(lines).toEqual([
    'INFO: House: Using key 1/2',
    'WARNING: House: Error on attempt 1/3: bad key',
    'WARNING: House: Key 1/2 failed. Trying next key...',
    'INFO: House: Using key 2/2',
    'INFO: House: Attempt 1/3 with key 2/2',
    'INFO: House: Success with key 2/2',
    '[false,false,false,false,true]',
  ]);
});
