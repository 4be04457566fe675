import { expect, inject, test } from 'vitest';
import { App, expectProgram, expectedLog, expectedResult, logLines, main, program } from './app.ts';
import { decorators, tsconfig } from './decorator-settings.ts';

test.each(decorators)('Bun, %s decorators', async (kind) => {
  await using app = await App.create({ 'main.ts': main, 'tsconfig.json': tsconfig(kind) });
  await expectProgram(app, 'bun', 'main.ts');
});

test.each(decorators)('Deno, %s decorators', async (kind) => {
  const compilerOptions = { experimentalDecorators: kind === 'legacy' };
  await using app = await App.create({
    'main.ts': main,
    'deno.json': JSON.stringify({ nodeModulesDir: 'manual', compilerOptions }),
  });
  await expectProgram(
    app,
    'deno',
    'run',
    '--no-remote',
    '--allow-env',
    '--allow-read',
    '--allow-net=127.0.0.1',
    '--allow-sys',
    'main.ts',
  );
});

const worker = `${program}
import { FileStore } from '@api-key-fallback/core';

export default {
  async fetch(request: Request, env: { readonly PROVIDER_URL: string }): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/program') return Response.json(await runProgram(env.PROVIDER_URL));
    const store = new FileStore('/state');
    const manager = new OpenAIKeyManager(['sk-test-c71e52d08f3a'], { store });
    await manager.ready();
    await manager.retryWithFallback(() => 'pong');
    await manager.close();
    return Response.json(loadApiKeys('WITHOUT_KEYS'));
  },
};
`;

const configuration = (compatibilityDate: string): string => `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "${compatibilityDate}",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    (name = "PROVIDER_URL", text = "${inject('providerURL')}"),
    (name = "TOOLCHAIN_KEY", text = "sk-test-1d7c09f3b5a2"),
    (name = "TOOLCHAIN_KEY_2", text = "sk-test-e82a64c90d1f"),
  ],
);
`;

// The first date with all of Node's modules that core needs, and one with Node's timers.
test.each(['2025-09-15', '2026-06-01'])('workerd with nodejs_compat of %s', async (date) => {
  await using app = await App.create({ 'worker.ts': worker, 'config.capnp': configuration(date) });
  // As wrangler does, without its own way to load CommonJS packages that use Node's modules, such as winston.
  const conditions = ['--platform=neutral', '--main-fields=module,main', '--conditions=workerd,worker,browser'];
  const options = ['--bundle', '--format=esm', '--target=es2023', '--external:node:*', '--external:winston'];
  await app.run('esbuild', 'worker.ts', ...options, ...conditions, '--outfile=worker.mjs');

  await using server = app.start('workerd', 'serve', 'config.capnp', '--control-fd=1');
  const [, port] = await server.waitFor(/"event":"listen".*"port":(\d+)/);
  const answer = await fetch(`http://127.0.0.1:${port}/program`);
  expect(await answer.json()).toEqual(expectedResult);
  await server.waitFor(/reported by another process/);
  expect(logLines(server.output)).toEqual(expectedLog);

  // There is no file system.
  const { status } = await fetch(`http://127.0.0.1:${port}/files`);
  expect(status).toBe(500);
  await server.waitFor(
    /The file store is unavailable\. Continuing without it: The state directory "\/state" cannot be written/,
  );
  await server.waitFor(/No API key found: looked for WITHOUT_KEYS, .* in the environment \(no \.env file/);
});
