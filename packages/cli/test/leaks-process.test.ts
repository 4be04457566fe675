import { startProviderServer } from '@api-key-fallback/testing';
import { expect, it } from 'vitest';
import { createProject, envText } from './create-project.ts';
import { runCli } from './run-cli.ts';

const secrets = ['first', 'second', 'broken', 'google', 'others'].map((name) => `sk-proj-${name.repeat(4)}7777777777`);
const [first = '', second = '', broken = '', google = '', others = ''] = secrets;
/** Without a form by which it could be told from other words. */
const plain = '7777777777abcdefghijklmnop0123456789';
const keys = {
  OPENAI_API_KEY: first,
  OPENAI_API_KEY_2: second,
  XAI_API_KEY: `"${broken} ${broken}"`,
  YOUTUBE_API_KEY: google,
  MISTRAL_API_KEY: plain,
  ANTHROPIC_API_KEY: others,
};
const packages = ['@api-key-fallback/openai', '@api-key-fallback/youtube'];

it.each<readonly string[]>([
  ['check'],
  ['check', '--json', '--debug'],
  ['keys'],
  ['keys', '--format', 'ndjson'],
  ['status'],
  ['status', '--json'],
  ['disable', 'openai', '1'],
  ['disable', 'openai', first],
  ['enable', second, '1', '--debug'],
  ['reset', 'openai', '--yes', '--json', '--actor', second],
  ['check', '--provider', others],
  ['check', '--timeout', first],
  [first],
  [plain, '--debug'],
  ['check', '--provider', plain],
  ['check', '--fail-on', plain, '--debug'],
  ['disable', plain, '1'],
  ['disable', 'mistral', plain],
  ['check', `--${plain}`],
  ['check', plain],
  ['disable', 'openai', '1', plain],
  ['init', '--yes', '--provider', plain],
  ['dashboard', '--port', plain],
  ['dashboard', '--host', plain],
  ['metrics'],
  ['alerts', 'test'],
  ['doctor'],
  ['doctor', '--json'],
  ['completion', 'bash'],
])('%# writes no key', async (...args) => {
  await using server = await startProviderServer({ keys: { [first]: ['ok'] } });
  const cwd = createProject({ files: { '.env': envText(keys) }, packages });
  const env = { OPENAI_BASE_URL: server.openaiBaseURL, API_KEY_STATE_DIR: 'state' };
  const { stdout, stderr } = await runCli(args, { cwd, env });
  expect(stdout + stderr).not.toBe('');
  for (const secret of [...secrets, plain]) expect(stdout + stderr).not.toContain(secret.slice(8, -4));
});
