import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage, unpackTarball } from './packages/pack-package.ts';
import { type PublishedPackage, publishedPackages } from './packages/published-packages.ts';
import { sizeProblems } from './packages/size-limits.ts';
import { tarballProblems } from './packages/tarball-problems.ts';

// Checks what the tarballs contain, and how large they are. Then installs them in an empty project, as a user does. Compiles
// and runs a service there with ECMAScript and CommonJS modules and with standard and legacy decorators, and checks the
// declarations of all dependencies.

const service = `
import { AnthropicKeyManager } from '@api-key-fallback/anthropic';
import { type ApiKey, injectKeys, registry, retryWithApiKeyFallback } from '@api-key-fallback/core';
import { GeminiKeyManager } from '@api-key-fallback/gemini';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import OpenAI from 'openai';

class ChatService {
  constructor(private readonly baseURL: string) {}

  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 1 })
  async chat(apiKey: ApiKey<'openai'>, content: string): Promise<string | null | undefined> {
    const client = new OpenAI({ apiKey, baseURL: this.baseURL, maxRetries: 0 });
    const completion = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });
    return completion.choices[0]?.message.content;
  }
}

async function main(): Promise<void> {
  const server = await startProviderServer({ keys: { 'key-1': ['invalid-key'], 'key-2': ['ok'] }, reply: () => 'pong' });
  registry.register(new OpenAIKeyManager(['key-1', 'key-2']));
  registry.register(new YouTubeKeyManager(['key-3']));
  registry.register(new AnthropicKeyManager(['key-4']));
  const anthropic = await registry.get('anthropic').getClient();
  registry.register(new GeminiKeyManager(['key-5']));
  const answer = await injectKeys(new ChatService(server.openaiBaseURL)).chat('ping');
  await server.close();
  if (!anthropic.messages || answer !== 'pong' || server.requestCount() !== 2) throw new Error('The service answered ' + answer);
}

void main();
`;

const project = mkdtempSync(join(tmpdir(), 'packed-'));
const tarballs = join(project, 'tarballs');

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
}

function check(type: 'module' | 'commonjs', experimentalDecorators: boolean): void {
  const folder = `${type}-${experimentalDecorators ? 'legacy' : 'standard'}`;
  const compilerOptions = { target: 'es2023', module: 'nodenext', types: ['node'], strict: true, skipLibCheck: false };
  mkdirSync(join(project, folder));
  writeFileSync(join(project, folder, 'package.json'), JSON.stringify({ type }));
  writeFileSync(
    join(project, folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, experimentalDecorators } }),
  );
  writeFileSync(join(project, folder, 'service.ts'), service);
  run('tsc', '-p', folder);
  run('node', join(folder, 'service.js'));
  console.log(`${folder}: compiles and runs`);
}

function checkTarball(published: PublishedPackage, tarball: string): string[] {
  const folder = unpackTarball(tarball);
  return [...tarballProblems(published, folder), ...sizeProblems(published, tarball, folder)];
}

try {
  mkdirSync(tarballs);
  const packed = publishedPackages().map((published) => ({ published, tarball: packPackage(published, tarballs) }));
  const problems = packed.flatMap(({ published, tarball }) => checkTarball(published, tarball));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`${packed.length} tarballs: their files and sizes are right`);

  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true }));
  const files = packed.map(({ tarball }) => tarball);
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '@types/node@24', ...files);
  check('module', false);
  check('module', true);
  check('commonjs', false);
  check('commonjs', true);
} finally {
  rmSync(project, { recursive: true, force: true });
}
