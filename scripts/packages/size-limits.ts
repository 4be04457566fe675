import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedPackage } from './published-packages.ts';
import { filesOf } from './tarball-problems.ts';

/** How many kB (1000 bytes) a tarball may have, as it is downloaded and unpacked. */
interface SizeLimit {
  readonly packed: number;
  readonly unpacked: number;
}

/** An adapter is one provider's rules: a few files, whatever the provider. */
const adapter: SizeLimit = { packed: 25, unpacked: 80 };

/**
 * A limit is about a fifth above today's size. Each package has its sources too, for debuggers and "go to definition":
 * half of what is unpacked. When a limit is exceeded, first look for what must not be packed or could be a dependency.
 * Raise the limit only for code that users get.
 */
const limits: Readonly<Record<string, SizeLimit>> = {
  // Rules, seven channels and their texts in two languages.
  alerts: { packed: 220, unpacked: 870 },
  anthropic: adapter,
  // Commands and their texts in two languages; what it draws and asks with is in its dependencies.
  cli: { packed: 250, unpacked: 940 },
  // Everything that runs in a service is here, with dotenv-flow in it.
  core: { packed: 800, unpacked: 3300 },
  // The page, compressed twice (brotli and gzip), is 160 kB of this.
  dashboard: { packed: 350, unpacked: 1000 },
  gemini: adapter,
  nestjs: { packed: 60, unpacked: 220 },
  // An adapter and the presets of 15 servers that speak its API.
  openai: { packed: 65, unpacked: 250 },
  rapidapi: adapter,
  // A script that Redis runs, and two clients in two versions.
  redis: { packed: 65, unpacked: 235 },
  // The Grafana dashboard and the alert rules come with it.
  telemetry: { packed: 75, unpacked: 305 },
  // Real answers of every provider, and the conformance suites.
  testing: { packed: 210, unpacked: 890 },
  youtube: adapter,
};

/** Says which limit a tarball and the folder that it is unpacked in exceed. */
export function sizeProblems({ name, manifest }: PublishedPackage, tarball: string, folder: string): string[] {
  const limit = limits[name];
  if (limit === undefined) return [`${manifest.name}: add its size limit to scripts/packages/size-limits.ts`];
  const sizes = {
    packed: statSync(tarball).size / 1000,
    unpacked: filesOf(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1000,
  };
  return (['packed', 'unpacked'] as const)
    .filter((kind) => sizes[kind] > limit[kind])
    .map((kind) => `${manifest.name}: ${sizes[kind].toFixed(0)} kB ${kind}, the limit is ${limit[kind]} kB`);
}
