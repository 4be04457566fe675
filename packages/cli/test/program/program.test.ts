import { describe, expect, it } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runHere } from '../run-cli.ts';

const commands = ['check', 'keys', 'status', 'watch', 'reset', 'disable', 'enable', 'dashboard', 'metrics', 'alerts'];
const otherCommands = ['init', 'doctor', 'completion'];
const key = 'sk-proj-0123456789abcdefghij';

function here(...args: readonly string[]) {
  return runHere(args, { cwd: createProject() });
}

describe('the program', () => {
  it.each([[], ['--help'], ['help']])('shows the help for %o', async (...args) => {
    const { code, stdout, stderr } = await here(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of [...commands, ...otherCommands]) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(stdout).toContain('Examples:');
  });

  it.each([...commands, ...otherCommands])('shows the help of %s with examples, in 80 columns', async (name) => {
    const { code, stdout } = await here(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}\$ api-key-fallback /);
    const texts = stdout.split('\n').filter((line) => !line.startsWith('  $'));
    expect(texts.filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows the help in Portuguese', async () => {
    const { stdout } = await runHere(['check', '--help'], {
      cwd: createProject(),
      env: { API_KEY_FALLBACK_LOCALE: 'pt-BR' },
    });
    expect(stdout).toContain('Uso: api-key-fallback check');
    expect(stdout).toContain('Opções globais:');
    expect(stdout).toContain('Exemplos:');
  });

  it.each([
    [['chek'], "Error: unknown command 'chek' (Did you mean check?)"],
    [['check', '--jsn'], "Error: unknown option '--jsn' (Did you mean --json?)\n"],
    [['disable'], "Error: missing required argument 'provider'\n"],
    [['check', '--timeout', 'soon'], 'Error: --timeout must be a time in ms above 0, for example 5000.\n'],
    [['keys', '--redis', 'x', '--provider', 'opnai'], /Did you mean openai\?/],
    [['status', '--redis', 'localhost:6379'], /begins with redis:\/\//],
    [['keys', '--config', 'none.ts'], /There is no file .*none\.ts/],
    [['keys', '--cwd', 'nowhere'], /There is no directory .*nowhere\.\n/],
    [['check', 'openai'], /too many arguments for 'check'/],
    [
      ['check', '--lang', 'pt-BR', '--format', 'xml'],
      /^Erro: valor inválido para '--format <format>'\. Valores aceitos: table, json, ndjson\.\n$/,
    ],
    [['chek', '--lang', 'pt-BR'], "Erro: comando desconhecido 'chek'. Você quis dizer check?\n"],
  ])('says what is wrong with %o', async (args, message) => {
    const { code, stdout, stderr } = await here(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it('shows where an error is from with --debug', async () => {
    expect((await here('keys', '--config', 'none.ts', '--debug')).stderr).toContain('    at ');
  });

  it.each([
    { isTTY: true, env: {}, hasColor: true },
    { isTTY: false, env: {}, hasColor: false },
    { isTTY: true, env: { NO_COLOR: '1' }, hasColor: false },
    { isTTY: false, env: { FORCE_COLOR: '1' }, hasColor: true },
    { isTTY: true, env: { FORCE_COLOR: '0' }, hasColor: false },
    { isTTY: true, env: { TERM: 'dumb' }, hasColor: false },
    { isTTY: true, env: {}, args: ['--no-color'], hasColor: false },
    { isTTY: false, env: { NO_COLOR: '1' }, args: ['--color'], hasColor: true },
  ])('uses colours: $hasColor for $isTTY $env $args', async ({ isTTY, env, args = [], hasColor }) => {
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: key }) } });
    const { stdout } = await runHere(['keys', ...args], { cwd, env, isTTY });
    expect(stdout.includes('\u001B[')).toBe(hasColor);
  });

  it('reads the options and managers of a configuration', async () => {
    const config = `
      import { defineConfig } from 'api-key-fallback';
      const locale: string = 'pt-BR';
      export default defineConfig({ locale, format: 'ndjson', providers: ['openai'] } as never);
    `;
    const files = { 'api-key-fallback.config.ts': config, '.env': envText({ OPENAI_API_KEY: key, XAI_API_KEY: key }) };
    const cwd = createProject({ files });
    const { stdout } = await runHere(['keys'], { cwd });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([{ provider: 'openai' }]);
    expect((await runHere(['keys', '--format', 'table'], { cwd })).stdout).toContain('ORIGEM');
    expect((await runHere(['keys', '--format', 'table', '--lang', 'en'], { cwd })).stdout).toContain('FROM');
  });

  it('speaks the language that a .env file sets for the log', async () => {
    const files = { '.env': envText({ OPENAI_API_KEY: key, API_KEY_FALLBACK_LOCALE: 'pt-BR' }) };
    expect((await runHere(['keys'], { cwd: createProject({ files }) })).stdout).toContain('ORIGEM');
  });

  it.each([
    ['export default 3;', /must export an object/],
    ['export default { mangers: [] };', /unknown field "mangers"/],
    ["export default { locale: 'fr' };", /"locale" must be 'en' or 'pt-BR'\./],
    ["export default { format: 'xml' };", /"format" must be 'table', 'json' or 'ndjson'\./],
    ["export default { providers: 'openai' };", /"providers" must be a list of names/],
    ["export default { managers: ['openai'] };", /"managers" must be a list of key managers/],
    ['export default { managers: async () => [] };', /"managers" must be a list of key managers/],
    ['export default { store: true };', /"store" must be a store/],
    ['export default { channels: {} };', /"channels" must be a list of channels/],
    ["export default { dashboard: 'mine' };", /"dashboard" must be an object/],
    [`throw new Error('no ${key}');`, /cannot be loaded: no \[redacted\]/],
    ['export default {', /cannot be loaded/],
  ])('says what is wrong with the configuration %s', async (config, message) => {
    const cwd = createProject({ files: { 'api-key-fallback.config.mjs': config } });
    const { code, stderr } = await runHere(['keys'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
