#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 15)) await start();
else {
  process.stderr.write(`api-key-fallback needs Node.js 22.15 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
}

/** Loads the program only now, because an old Node.js cannot parse it. */
async function start(): Promise<void> {
  // Loading takes most of the time of a short command; from the cache a third of it.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { run } = await import('./run.ts');
  const { stdout, stderr, stdin, env } = process;
  const interrupted = new AbortController();
  // The second signal ends the process, in case a command does not react to the first.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  // `api-key-fallback check | head` closes the pipe early.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interrupted.abort();
  });
  const io = { stdout, stderr, stdin, env, cwd: process.cwd(), signal: interrupted.signal };
  process.exitCode = await run(process.argv.slice(2), io);
}
