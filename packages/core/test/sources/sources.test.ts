import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiKeyManager,
  commandSource,
  envSource,
  fileSource,
  InvalidOptionsError,
  parseKeys,
  type KeySource,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const [one, two, three] = ['sk-test-4f9a81c2e07b', 'sk-test-77d0b3a9c1f2', 'sk-test-10c5e88fa2d4'] as const;

let directory: string;
let managers: ApiKeyManager[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'key-sources-'));
  managers = [];
});

afterEach(async () => {
  for (const manager of managers) await manager.close();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function managerOf(source: KeySource): Promise<ApiKeyManager> {
  const manager = new ApiKeyManager(scriptedAdapter, source, { logger: false });
  managers.push(manager);
  await manager.ready();
  return manager;
}

function labelsOf(manager: ApiKeyManager): string[] {
  return manager.status().keys.map(({ label }) => label);
}

/** A directory as Kubernetes mounts a secret: links to `..data`, which is a link to the current version. */
function mountSecret(version: string, files: Readonly<Record<string, string>>): void {
  const folder = `..${version}`;
  mkdirSync(join(directory, folder));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, folder, name), content);
  symlinkSync(folder, join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  for (const name of Object.keys(files)) {
    rmSync(join(directory, name), { force: true });
    symlinkSync(join('..data', name), join(directory, name));
  }
}

describe('fileSource', () => {
  it('reads a key a line, and skips comments', async () => {
    writeFileSync(join(directory, 'keys'), `# keys of July\n${one}\r\n\n  ${two}\n`);
    const manager = await managerOf(fileSource(join(directory, 'keys')));
    expect(manager.getAllKeys()).toEqual([one, two]);
  });

  it('reads a JSON list, with labels', async () => {
    writeFileSync(join(directory, 'keys.json'), JSON.stringify([{ key: one, label: 'main' }, two]));
    const manager = await managerOf(fileSource(join(directory, 'keys.json')));
    expect(manager.getAllKeys()).toEqual([one, two]);
    expect(labelsOf(manager)).toEqual(['main', 'key 2']);
  });

  it('reads a JSON object of names and keys', async () => {
    writeFileSync(join(directory, 'keys.json'), JSON.stringify({ main: one, reserve: two }));
    const manager = await managerOf(fileSource(join(directory, 'keys.json')));
    expect(manager.getAllKeys()).toEqual([one, two]);
    expect(labelsOf(manager)).toEqual(['main', 'reserve']);
  });

  it.each(['{}', '{"a":5}', '[1', '{"a":{"b":"c"}}', '"a":"b"}', '"key"'])('refuses JSON without keys: %s', (text) => {
    expect(() => parseKeys(text)).toThrow(InvalidOptionsError);
  });

  it.each(['null\n', `${one}\nundefined`])('does not take what a missing field prints for a key: %j', (text) => {
    expect(() => parseKeys(text, 'The secret')).toThrow('The secret has a line that is null or undefined');
  });

  it('reads a directory with a file a key, in the order of the names', async () => {
    writeFileSync(join(directory, 'key-10'), `${three}\n`);
    writeFileSync(join(directory, 'key-2'), two);
    writeFileSync(join(directory, 'key-1'), one);
    writeFileSync(join(directory, '.hidden'), 'no key');
    mkdirSync(join(directory, 'folder'));
    const manager = await managerOf(fileSource(directory));
    expect(manager.getAllKeys()).toEqual([one, two, three]);
    expect(labelsOf(manager)).toEqual(['key-1', 'key-2', 'key-10']);
  });

  it('takes over a file that is written again, once it is whole', async () => {
    const file = join(directory, 'keys.json');
    writeFileSync(file, JSON.stringify([one]));
    const manager = await managerOf(fileSource(file));
    const failed = recordEvents(manager, ['keys.refresh-failed']);
    writeFileSync(file, `["${two}`);
    await vi.waitFor(() => expect(failed).toHaveLength(1), 5000);
    expect(manager.getAllKeys()).toEqual([one]);
    writeFileSync(file, JSON.stringify([two]));
    await vi.waitFor(() => expect(manager.getAllKeys()).toEqual([two]), 5000);
  });

  it('takes over a file that is replaced', async () => {
    const file = join(directory, 'keys');
    writeFileSync(file, one);
    const manager = await managerOf(fileSource(file));
    writeFileSync(join(directory, 'next'), two);
    renameSync(join(directory, 'next'), file);
    await vi.waitFor(() => expect(manager.getAllKeys()).toEqual([two]), 5000);
  });

  it.each(['as a directory', 'as one file'])('takes over a mounted secret whose link is swapped, %s', async (how) => {
    mountSecret('2026_01', { openai: one });
    const manager = await managerOf(fileSource(how === 'as one file' ? join(directory, 'openai') : directory));
    expect(manager.getAllKeys()).toEqual([one]);
    mountSecret('2026_02', { openai: two });
    await vi.waitFor(() => expect(manager.getAllKeys()).toEqual([two]), 5000);
  });

  it('keeps the last keys when the file is gone', async () => {
    const file = join(directory, 'keys');
    writeFileSync(file, one);
    const manager = await managerOf(fileSource(file));
    const failed = recordEvents(manager, ['keys.refresh-failed']);
    unlinkSync(file);
    await vi.waitFor(() => expect(failed).toHaveLength(1), 5000);
    await expect(manager.retryWithFallback((key) => key)).resolves.toBe(one);
  });

  it('says why a file cannot be read', async () => {
    const manager = await managerOf(fileSource(join(directory, 'missing')));
    await expect(manager.retryWithFallback((key) => key)).rejects.toMatchObject({
      code: 'KEY_SOURCE_FAILED',
      message: expect.stringMatching(/from file missing: ENOENT/) as string,
    });
  });
});

describe('envSource', () => {
  it('reads the environment and the .env files, and follows the files', async () => {
    vi.stubEnv('ACME_KEY_2', two);
    writeFileSync(join(directory, '.env'), `ACME_KEY=${one}`);
    const manager = await managerOf(envSource('ACME_KEY', { directory }));
    expect(manager.getAllKeys()).toEqual([one, two]);
    expect(labelsOf(manager)).toEqual(['ACME_KEY', 'ACME_KEY_2']);
    writeFileSync(join(directory, '.env'), `ACME_KEY=${three}`);
    await vi.waitFor(() => expect(manager.getAllKeys()).toEqual([three, two]), 5000);
  });

  it('keeps the state of the account when the key of a variable changes', async () => {
    writeFileSync(join(directory, '.env'), `ACME_KEY=${one}\nACME_KEY_2=${two}`);
    const manager = await managerOf(envSource('ACME_KEY', { directory }));
    manager.disable(one);
    writeFileSync(join(directory, '.env'), `ACME_KEY=${three}\nACME_KEY_2=${two}`);
    await vi.waitFor(() => expect(manager.getAllKeys()).toEqual([three, two]), 5000);
    expect(manager.status().keys[0]).toMatchObject({ state: 'disabled', reason: 'operator' });
  });

  it.each(['', 'ACME KEY', 5])('refuses a name that no variable has: %j', (name) => {
    expect(() => envSource(name as string)).toThrow(InvalidOptionsError);
  });
});

describe('commandSource', () => {
  const printing = (text: string, code = 0) =>
    commandSource([process.execPath, '-e', `console.log(${JSON.stringify(text)}); process.exitCode = ${code}`]);

  it('reads what a command prints', async () => {
    expect((await managerOf(printing(`${one}\n${two}`))).getAllKeys()).toEqual([one, two]);
    expect((await managerOf(printing(JSON.stringify([two])))).getAllKeys()).toEqual([two]);
  });

  it('counts an exit code as a failed load, and shows neither arguments nor output', async () => {
    const manager = await managerOf(printing(one, 3));
    const error: unknown = await manager.retryWithFallback((key) => key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'KEY_SOURCE_FAILED',
      message: expect.stringContaining('failed (3)') as string,
    });
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toMatch(/console\.log|4f9a81c2e07b/);
  });

  it('says that a command does not exist', async () => {
    const manager = await managerOf(commandSource(['no-such-command']));
    await expect(manager.retryWithFallback((key) => key)).rejects.toThrow('no-such-command failed (ENOENT)');
  });

  it('ends a command that hangs and ignores SIGTERM, also at close()', async () => {
    const pidFile = join(directory, 'pid');
    const script = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
    const manager = new ApiKeyManager(scriptedAdapter, commandSource([process.execPath, '-e', script]), {
      logger: false,
    });
    const waiting = manager.retryWithFallback((key) => key).catch((error: unknown) => error);
    const readPid = () => {
      const text = readFileSync(pidFile, 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    };
    const pid = await vi.waitFor(readPid, 5000);
    await manager.close();
    expect(await waiting).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5000);
  });

  it.each([[[]], ['op read'], [[5]], [undefined], [['op', 'read\0']]])('refuses %j', (command) => {
    expect(() => commandSource(command as never)).toThrow(InvalidOptionsError);
  });
});
