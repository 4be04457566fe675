import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startProviderServer } from '@api-key-fallback/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder whose `node_modules` has the packed packages, the `openai` client, and what they depend on. */
    readonly installed: string;
    /** The address of the provider that the program calls. */
    readonly providerURL: string;
  }
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const packages = join(import.meta.dirname, '..', 'packages');
const here = import.meta.dirname;

async function unpack(name: string, folder: string): Promise<void> {
  const tarball = join(folder, `${name}.tgz`);
  const installed = join(folder, 'node_modules', '@api-key-fallback', name);
  await run('pnpm', ['--dir', join(packages, name), 'pack', '--out', tarball]);
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
}

/** Returns the folder in which Node finds a package that the package in `folder` imports. */
function find(name: string, folder: string): string | undefined {
  for (let from = folder; from.startsWith(here); from = dirname(from)) {
    const found = join(from, 'node_modules', name);
    if (existsSync(found)) return found;
  }
  return undefined;
}

/** Copies packages of this workspace, and the packages that they depend on, in the same flat layout. */
export async function copyPackages(names: readonly string[], to: string): Promise<void> {
  const seen = new Set<string>();
  async function copy(name: string, importer: string, isOptional = false): Promise<void> {
    const source = find(name, importer);
    if (source === undefined && !isOptional) throw new Error(`${name} is not installed. Add it to package.json.`);
    if (source === undefined || seen.has(source)) return;
    seen.add(source);
    // A nested package has come with the one around it.
    if (dirname(source).replace(/\/@[^/]+$/, '') === join(here, 'node_modules')) {
      await cp(source, join(to, 'node_modules', name), { recursive: true });
    }
    const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest;
    for (const dependency of Object.keys(manifest.dependencies ?? {})) await copy(dependency, source);
    for (const dependency of Object.keys(manifest.optionalDependencies ?? {})) await copy(dependency, source, true);
  }
  for (const name of names) await copy(name, here);
}

/** Packs the packages and installs them as npm does, without a registry, and starts the provider. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const installed = await mkdtemp(join(tmpdir(), 'installed-'));
  await Promise.all(['core', 'openai'].map((name) => unpack(name, installed)));
  const manifest = await readFile(join(installed, 'node_modules/@api-key-fallback/core/package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(manifest) as Manifest;
  await copyPackages([...Object.keys(dependencies), 'openai'], installed);

  const overloaded = `data: ${JSON.stringify({ error: { message: 'Overloaded', type: 'server_error', code: null } })}\n\n`;
  const server = await startProviderServer({
    keys: { 'sk-test-90b3f6a1d52c': [{ chunks: [overloaded] }], 'sk-test-c71e52d08f3a': ['ok'] },
    otherwise: 'invalid-key',
    reply: 'pong',
  });
  provide('installed', installed);
  provide('providerURL', server.openaiBaseURL);
  return async () => {
    await server.close();
    await rm(installed, { recursive: true });
  };
}
