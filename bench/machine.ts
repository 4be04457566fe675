import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** Describes the hardware and software without identifying the machine. */
export function describeMachine(): Record<string, string> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: String(processors.length),
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

const measured = ['cockatiel', 'p-retry', 'async-retry', 'opossum', 'openai', 'ioredis'];

/** The versions of the libraries we compare with. */
export function installedVersions(): Record<string, string> {
  return Object.fromEntries(
    measured.map((name) => {
      const manifest = readFileSync(join(import.meta.dirname, '..', 'node_modules', name, 'package.json'), 'utf8');
      return [name, (JSON.parse(manifest) as { version: string }).version];
    }),
  );
}
