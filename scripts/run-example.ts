import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Runs an example. If a key is missing, says which variable to set, so the examples need not.

/** The error of a missing key, also as the cause of a client's error. */
function findNoApiKeys(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && error.code === 'NO_API_KEYS' ? error : findNoApiKeys(error.cause);
}

const [, , file = ''] = process.argv;
if (file.endsWith('.ts') && existsSync(file)) {
  // The example sees its own arguments.
  process.argv.splice(1, 1);
  try {
    await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const missing = findNoApiKeys(error);
    if (!missing) throw error;
    console.error(missing.message);
    console.error(
      'Set one in the environment or in .env (see .env.example), or run npx pnpm@12 demo, which needs no key.',
    );
    process.exitCode = 1;
  }
} else {
  const root = join(import.meta.dirname, '..');
  console.error(`Which example? ${globSync('examples/*.ts', { cwd: root }).toSorted().join(', ')}`);
  process.exitCode = 2;
}
