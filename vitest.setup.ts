import { format } from 'node:util';
import { afterEach } from 'vitest';

// Keep the developer's own keys and settings out of the tests.
for (const name of Object.keys(process.env)) {
  if (/^(?:OPENAI|GEMINI|GOOGLE|YOUTUBE|RAPIDAPI|ANTHROPIC|API_KEY_FALLBACK|API_KEY_STATE)_/.test(name))
    delete process.env[name];
}

const calls: string[] = [];

for (const method of ['debug', 'dir', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...args: unknown[]): void => {
    calls.push(`console.${method}: ${format(...args)}`);
  };
}

afterEach(() => {
  const made = calls.splice(0);
  if (made.length > 0) throw new Error(`A library must not write to the console. ${made.join('\n')}`);
});
