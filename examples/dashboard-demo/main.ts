import { redactKeys } from '@api-key-fallback/core/adapter';
import { readArguments } from './read-arguments.ts';
import { texts } from './texts.ts';

function refuse(message: string): void {
  // A key may have ended up among the arguments.
  console.error(redactKeys(message));
  process.exitCode = 2;
}

const command = readArguments(process.argv.slice(2));

if (command.kind === 'mistake') {
  refuse(command.message);
} else if (command.kind === 'help') {
  console.log(texts[command.locale].help);
} else {
  // Loaded when needed, so that the help and a mistake do not wait for the clients.
  const { runDemo } = await import('./run-demo.ts');
  await runDemo(command.options).catch((error: unknown) => {
    const isPortInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isPortInUse) throw error;
    refuse(texts[command.options.locale].portInUse(command.options.port));
  });
}
