import { format } from 'node:util';
import { afterEach } from 'vitest';

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
