import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { App, expectedLog, expectedResult, logLines, program } from './app.ts';
import { tsconfig } from './decorator-settings.ts';

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

test('Next.js, standalone output', async () => {
  await using app = await App.create({
    'run-program.ts': program,
    'app/layout.tsx': layout,
    'app/chat/route.ts': route,
    'next.config.mjs': `export default { output: 'standalone', typescript: { ignoreBuildErrors: true } };`,
    'tsconfig.json': tsconfig('legacy', { module: 'esnext', moduleResolution: 'bundler' }),
  });
  await app.install('next', 'react', 'react-dom', 'typescript', '@types/node', '@types/react');
  await app.run('node', 'node_modules/next/dist/bin/next', 'build');

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
});
