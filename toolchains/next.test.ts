import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { App, expectedLog, expectedResult, logLines, program } from './app.ts';
import { type Decorators, tsconfig } from './decorator-settings.ts';

const route = `
import { runProgram } from '../../run-program';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  return Response.json(await runProgram(process.env['PROVIDER_URL'] ?? ''));
}
`;

const layout = `
export default function Layout({ children }: { children: unknown }) {
  return <html><body>{children as never}</body></html>;
}
`;

const clientPage = `
'use client';
import { registry } from '@api-key-fallback/core';

export default function Page() {
  return <p>{String(registry)}</p>;
}
`;

const build = ['node', 'node_modules/next/dist/bin/next', 'build'] as const;

async function createApp(decorators: Decorators, files: Readonly<Record<string, string>>): Promise<App> {
  const app = await App.create({
    'run-program.ts': program,
    'app/layout.tsx': layout,
    'app/chat/route.ts': route,
    'next.config.mjs': `export default { output: 'standalone', typescript: { ignoreBuildErrors: true } };`,
    'tsconfig.json': tsconfig(decorators, { module: 'esnext', moduleResolution: 'bundler' }),
    ...files,
  });
  await app.install('next', 'react', 'react-dom', 'typescript', '@types/node', '@types/react');
  return app;
}

test('Next.js, standalone output', async () => {
  await using app = await createApp('legacy', { 'app/page.tsx': clientPage });
  await app.run(...build);

  await using standalone = await App.create({}, { installed: false });
  await app.copyTo(standalone, '.next/standalone');
  const server = await readFile(standalone.path('.next/standalone/server.js'), 'utf8');
  await standalone.write({ '.next/standalone/server.js': server.replace('|| 3000', '|| 0') });
  await using running = standalone.start('node', '.next/standalone/server.js');
  const [, port] = await running.waitFor(/Local: +http:\/\/\S+?:(\d+)/);
  const answer = await fetch(`http://127.0.0.1:${port}/chat`);
  expect(await answer.json()).toEqual(expectedResult);
  await running.waitFor(/reported by another process/);
  expect(logLines(running.output)).toEqual(expectedLog);

  const chunks = await Array.fromAsync(glob('**/*.js', { cwd: app.path('.next/static') }));
  const texts = await Promise.all(chunks.map((name) => readFile(app.path('.next/static', name), 'utf8')));
  expect(texts.join('\n')).toContain('API keys must not reach a browser');
});

test('Next.js without experimentalDecorators', async () => {
  await using app = await createApp('standard', {});
  await expect(app.run(...build)).rejects.toThrow('Set "experimentalDecorators": true in tsconfig.json (Next.js)');
});
