import { FileStore } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { describe, expect, it } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const keys = { OPENAI_API_KEY: 'sk-proj-first0123456789abcdef', OPENAI_API_KEY_2: 'sk-proj-second0123456789abcdef' };

async function projectWithDisabledKey(): Promise<string> {
  const cwd = createProject({ files: { '.env': envText(keys) }, packages: ['@api-key-fallback/openai'] });
  const store = new FileStore(`${cwd}/state`);
  const manager = new OpenAIKeyManager(Object.values(keys), { store, logger: false });
  await manager.ready();
  manager.disable(keys.OPENAI_API_KEY_2);
  await manager.close();
  await store.close();
  return cwd;
}

describe('metrics', () => {
  it('writes the states of the shared store for Prometheus, without keys and without counts of calls', async () => {
    const cwd = await projectWithDisabledKey();
    const { code, stdout, stderr } = await runCli(['metrics', '--state-dir', 'state'], { cwd });
    const series = (key: string, state: string) =>
      `api_key_fallback_key_state{provider="openai",pool="default",key="${key}",state="${state}"}`;
    expect(stdout).toContain('# TYPE api_key_fallback_key_state gauge');
    expect(stdout).toContain(`${series('OPENAI_API_KEY', 'healthy')} 1`);
    expect(stdout).toContain(`${series('OPENAI_API_KEY_2', 'disabled')} 1`);
    expect(stdout).toContain('api_key_fallback_keys_usable{provider="openai",pool="default"} 1');
    expect(stdout).not.toContain('attempts_total');
    for (const key of Object.values(keys)) expect(stdout + stderr).not.toContain(key);
    expect(code).toBe(0);
  });

  it('writes the same as JSON', async () => {
    const cwd = await projectWithDisabledKey();
    const { stdout } = await runCli(['metrics', '--state-dir', 'state', '--json'], { cwd });
    const { command, metrics } = JSON.parse(stdout) as {
      readonly command: string;
      readonly metrics: readonly { readonly name: string; readonly type: string }[];
    };
    expect(command).toBe('metrics');
    expect(metrics.map(({ name }) => name)).toContain('api_key_fallback_key_state');
    expect(new Set(metrics.map(({ type }) => type))).toEqual(new Set(['gauge']));
    const fields = new Set(metrics.flatMap((metric) => Object.keys(metric)));
    expect(fields).toEqual(new Set(['name', 'help', 'type', 'values']));
  });

  it('writes a document also without any key', async () => {
    const { code, stdout } = await runCli(['metrics', '--json'], { cwd: createProject() });
    expect({ code, document: JSON.parse(stdout) }).toEqual({ code: 0, document: { command: 'metrics', metrics: [] } });
  });

  it('writes nothing if the store cannot be reached, because all keys would look healthy', async () => {
    const packages = ['@api-key-fallback/openai', '@api-key-fallback/redis', 'ioredis'];
    const cwd = createProject({ files: { '.env': envText(keys) }, packages });
    const { code, stdout, stderr } = await runCli(['metrics', '--redis', 'redis://127.0.0.1:1'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('The redis store cannot be reached');
  });
});
