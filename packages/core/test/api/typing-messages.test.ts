import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const modules = join(root, 'node_modules');
const tag = '@retryWithApiKeyFallback';

/** The shared file of the project: a typed provider with its client, and one decorated service. */
const declarations = `
import { INJECTED, injectKeys, retryWithApiKeyFallback, type ApiClient, type ApiKey, type ApiKeyManager } from '@api-key-fallback/core';

export class OpenAI { readonly chat: string = 'completions' }
export class YouTube { readonly search: string = 'list' }
export class PagePromise extends Promise<string> { readonly page: number = 1 }

declare module '@api-key-fallback/core' {
  interface KeyManagers { openai: ApiKeyManager<OpenAI>; youtube: ApiKeyManager<YouTube> }
}

export class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 1000 })
  async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> { return apiKey + prompt; }

  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client' })
  async *stream(openai: ApiClient<'openai'>, prompt: string): AsyncGenerator<string> { yield openai.chat + prompt; }

  summary(text: string): Promise<string> { return this.chat(INJECTED, text); }
}
export const service: ChatService = new ChatService();
export const injected = injectKeys(service);
export const fine: Promise<string> = injected.chat('hello');
`;

const imports = `
import { injectKeys, retryWithApiKeyFallback, type ApiClient, type ApiKey } from '@api-key-fallback/core';
import { OpenAI, PagePromise, service } from './declarations.ts';
`;

const member = (line: string) => `class Service { ${line} }`;
const onMethod = (method: string) => member(`@retryWithApiKeyFallback({ provider: 'openai' }) ${method}`);

const mistakes: readonly (readonly [mistake: string, code: string, sentence: string])[] = [
  [
    'a method without a parameter',
    onMethod('async chat(): Promise<void> {}'),
    `${tag}: the method needs a first parameter, which receives the API key of provider 'openai'`,
  ],
  [
    'a number where the key comes',
    onMethod('async chat(n: number): Promise<void> {}'),
    `${tag}: the first parameter cannot hold the API key of provider 'openai'`,
  ],
  [
    'the key of another provider',
    onMethod(`async chat(apiKey: ApiKey<'youtube'>): Promise<void> {}`),
    `${tag}: the first parameter cannot hold the API key of provider 'openai'`,
  ],
  [
    'a client where the key comes',
    onMethod('async chat(client: OpenAI): Promise<void> {}'),
    `${tag}: the first parameter cannot hold the API key of provider 'openai'`,
  ],
  [
    'a string where the client comes',
    member(
      `@retryWithApiKeyFallback({ provider: 'openai', inject: 'client' }) async chat(key: string): Promise<void> {}`,
    ),
    `${tag}: the first parameter cannot hold a client of provider 'openai'`,
  ],
  [
    'a synchronous method',
    onMethod('chat(apiKey: string): string { return apiKey; }'),
    `${tag}: the method must be async (return a Promise or an AsyncIterable)`,
  ],
  [
    'a subclass of Promise',
    onMethod('list(apiKey: string): PagePromise { return new PagePromise((resolve) => resolve(apiKey)); }'),
    `${tag}: the method must return a plain Promise (make it async); the decorator cannot keep a Promise subclass`,
  ],
  [
    'a narrower stream',
    onMethod(`stream(apiKey: string): AsyncGenerator<string> & { topic: string } { throw apiKey; }`),
    `${tag}: a streaming method must return AsyncGenerator, AsyncIterable or AsyncIterableIterator`,
  ],
  ['a field', onMethod('chat = async (apiKey: string): Promise<string> => apiKey;'), 'TS1240'],
  ['a getter', onMethod(`get chat(): string { return 'hello'; }`), 'TS1241'],
  ['a class', `@retryWithApiKeyFallback({ provider: 'openai' }) class Service {}`, 'TS1238'],
  [
    'a misspelt provider',
    member(`@retryWithApiKeyFallback({ provider: 'opneai' }) async chat(apiKey: string): Promise<void> {}`),
    `Did you mean '"openai"'?`,
  ],
  ['a raw call without the key', `service.chat('hello');`, 'Expected 2 arguments, but got 1'],
  [
    'a raw call with a key',
    `service.chat('sk-1', 'hello');`,
    `'string' is not assignable to parameter of type 'ApiKey<"openai">'`,
  ],
  [
    'a wrong argument behind injectKeys',
    `injectKeys(service).chat(42);`,
    `'number' is not assignable to parameter of type 'string'`,
  ],
];

const modes = [
  ['legacy', { experimentalDecorators: true, emitDecoratorMetadata: true }, 'TS1206'],
  ['standard', { experimentalDecorators: false, emitDecoratorMetadata: false }, 'no error'],
] as const;

const privateMethod = member(
  `@retryWithApiKeyFallback({ provider: 'openai' }) async #chat(apiKey: ApiKey<'openai'>): Promise<string> { return apiKey; }
   use(apiKey: ApiKey<'openai'>, client: ApiClient<'openai'>): [Promise<string>, string] { return [this.#chat(apiKey), client.chat]; }`,
);

/** Writes one file per mistake, compiles them together, and returns the compiler's messages for each file. */
async function compile(folder: string, decorators: object): Promise<Map<string, string>> {
  const files: Record<string, string> = { 'declarations.ts': declarations, 'private.ts': imports + privateMethod };
  for (const [index, [, code]] of mistakes.entries()) files[`mistake-${index}.ts`] = imports + code;
  const compilerOptions = {
    ...decorators,
    typeRoots: [join(modules, '@types')],
    paths: { '@api-key-fallback/core': [join(import.meta.dirname, '../../src/index.ts')] },
  };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files: Object.keys(files) };
  files['tsconfig.json'] = JSON.stringify(config);
  files['package.json'] = JSON.stringify({ type: 'module' });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));

  const tsc = join(modules, 'typescript/bin/tsc');
  const printed = await promisify(execFile)(process.execPath, [tsc, '--pretty', 'false', '-p', folder], { cwd: folder })
    .then(({ stdout }) => stdout)
    .catch((error: Error & { stdout?: string }) => error.stdout || error.message);
  const byFile = new Map<string, string>();
  let file = '';
  for (const line of printed.split('\n')) {
    file = /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? file;
    byFile.set(file, `${byFile.get(file) ?? ''}${line}\n`);
  }
  return byFile;
}

describe.each(modes)('the compiler in %s mode', (mode, decorators, onPrivateMethod) => {
  let folder: string;
  let printed: ReadonlyMap<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `api-key-fallback-${mode}-`));
    printed = await compile(folder, decorators);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('accepts the correct service', () => {
    const faulty = [...printed.keys()].filter((name) => !name.startsWith('mistake-') && name !== 'private.ts');
    expect(faulty.map((name) => printed.get(name))).toEqual([]);
  });

  it.each(mistakes.map(([mistake, , sentence], index) => [mistake, sentence, index] as const))(
    'explains %s: %s',
    (_mistake, sentence, index) => {
      expect(printed.get(`mistake-${index}.ts`)).toContain(sentence);
    },
  );

  it('rejects #private methods in legacy mode only', () => {
    expect(printed.get('private.ts') ?? 'no error').toContain(onPrivateMethod);
  });
});
