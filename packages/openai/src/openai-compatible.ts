import {
  customProvider,
  InvalidOptionsError,
  type ApiKeyInput,
  type ApiKeyManager,
  type CustomProvider,
} from '@api-key-fallback/core';
import {
  checkOptionNames,
  classifyByRules,
  defineAdapter,
  keyManagerClass,
  readFailure,
  readRateLimits,
  type ErrorRule,
  type ErrorTable,
  type KeyManagerClass,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { affectedByOpenAI, organizationOf } from './classify-openai-error.ts';
import { createOpenAIClient } from './openai-adapter.ts';
import { openaiErrorRules } from './openai-error-rules.ts';
import type { OpenAIKeyManagerOptions } from './openai-key-manager.ts';
import type { Preset } from './presets/preset.ts';
import { presets, type PresetName } from './presets.ts';
import { readOpenAIUsage } from './read-openai-usage.ts';
import { probeModels, type ProbeTarget } from './probe-models.ts';

/** Options of `openAICompatible(name)`: what differs from the preset. */
export interface OpenAIPresetOptions<Name extends string = string> extends Partial<
  Pick<ProviderAdapter, 'classifyError' | 'readLimits' | 'usageOf'>
> {
  /** The name used in `{ provider }`, for a second server of the same kind. @default the name of the preset */
  readonly name?: Name;
  /** The http(s) address of the API. Required for `azure-openai`: `https://<resource>.openai.azure.com/openai/v1`. */
  readonly baseURL?: string;
  /** The name in log lines. */
  readonly displayName?: string;
  /** The environment variable of the first key. */
  readonly env?: string;
  /**
   * The path below `baseURL` of the request with which `checkKeys()` asks whether a key works; `false` for no request. It must not
   * work without a key: OpenRouter lists its models for everyone, but `key` for its keys only. @default the preset's, else 'models'
   */
  readonly probePath?: string | false;
}

/** Options of `openAICompatible()`: how to reach and name a server that speaks OpenAI's API. */
export interface OpenAICompatibleOptions<Name extends string = string> extends OpenAIPresetOptions<Name> {
  /** The name used in `{ provider }`, for example `acme`: 1 to 64 letters, digits, `.`, `_` and `-`. */
  readonly name: Name;
  /** The name in log lines. @default the name */
  readonly displayName?: string;
  /** The http(s) address of the API, for example `https://api.acme.com/v1`. */
  readonly baseURL: string;
  /** The environment variable of the first key, for example `ACME_API_KEY`; `ACME_API_KEY_2`, … and `ACME_API_KEYS` follow from it. */
  readonly env: string;
}

/** Options of `createKeyManager()`: the keys or where to load them from, and the options of the manager. */
export interface OpenAICompatibleKeyManagerOptions extends OpenAIKeyManagerOptions {
  /** The keys in order of preference. @default the keys from the environment and the `.env*` files */
  readonly keys?: readonly ApiKeyInput[];
}

/** The adapter that `openAICompatible()` returns. */
export interface OpenAICompatibleAdapter<Name extends string = string> extends ProviderAdapter<OpenAI> {
  /** The name to pass as `provider`. */
  readonly name: CustomProvider<Name>;
  /** The address that clients use unless `clientOptions.baseURL` overrides it. */
  readonly baseURL: string;
  /**
   * Creates a key manager whose clients send their requests to this provider.
   *
   * @throws NoApiKeysError without keys.
   */
  createKeyManager(options?: OpenAICompatibleKeyManagerOptions): ApiKeyManager<OpenAI>;
}

function probeOf(target: ProbeTarget): ProviderAdapter['probe'] & object {
  return function probe(this: ProviderAdapter, secret, context) {
    return probeModels(this, secret, context, target);
  };
}

/**
 * Creates the adapter for a server that speaks OpenAI's API.
 *
 * Pass the name of a known server, with options for what differs; its errors, limits, address and variable are known. Or pass the
 * `name`, `baseURL` and `env` of any other server: its errors are judged by the rules of OpenAI and of all known servers.
 * `classifyError`, `readLimits` and `usageOf` are asked first; where they return `undefined`, the known rules apply.
 *
 * @throws InvalidOptionsError for an unknown server, an invalid name or variable, or a `baseURL` that is not an http(s) URL.
 * @example
 * registry.register(openAICompatible('groq').createKeyManager()); // GROQ_API_KEY, GROQ_API_KEY_2, …
 *
 * const acme = openAICompatible({ name: 'acme', baseURL: 'https://api.acme.com/v1', env: 'ACME_API_KEY' });
 * registry.register(acme.createKeyManager());
 */
export function openAICompatible<const Known extends PresetName, const Name extends string = Known>(
  server: Known,
  options?: OpenAIPresetOptions<Name>,
): OpenAICompatibleAdapter<Name>;
export function openAICompatible<const Name extends string>(
  options: OpenAICompatibleOptions<Name>,
): OpenAICompatibleAdapter<Name>;
export function openAICompatible(
  server: PresetName | OpenAICompatibleOptions,
  given: OpenAIPresetOptions = {},
): OpenAICompatibleAdapter {
  const known = typeof server === 'string';
  // A misspelt `baseURL` would send the keys of one server to another.
  checkOptionNames(
    'options',
    known ? given : server,
    optionNames,
    "openAICompatible('groq'), or { name, baseURL, env }",
  );
  const preset = known ? presetOf(server) : unknownServer;
  const options = known ? given : server;
  const { name: chosen = known ? server : server.name } = options;
  const name = customProvider(chosen);
  const {
    displayName = preset.displayName || name,
    env = preset.env,
    probePath = preset.probePath ?? 'models',
  } = options;
  const baseURL = checkAddress(options.baseURL ?? preset.baseURL, name);
  const limits = { windows: preset.limitWindows ?? {}, refills: preset.limitsRefill ?? false };
  const table: ErrorTable = {
    rules: [...preset.rules, ...openaiErrorRules],
    limits,
    affected: preset.affected ?? affectedByOpenAI,
  };
  const { keyHeader } = preset;
  const adapter = defineAdapter<OpenAI>({
    name,
    displayName,
    env,
    classifyError: (error, context) =>
      options.classifyError?.(error, context) ?? classifyByRules(readFailure(error), context, table),
    readLimits: (headers, context) =>
      options.readLimits?.(headers, context) ?? readRateLimits(headers, { ...limits, now: context.now }),
    groupOf: organizationOf,
    usageOf: (answer) => options.usageOf?.(answer) ?? readOpenAIUsage(answer, preset.uncountedTokens),
    createClient: (secret, clientOptions: ClientOptions = {}, observe) =>
      createOpenAIClient(
        secret,
        { baseURL, ...clientOptions, ...sendingKey(secret, keyHeader, clientOptions) },
        observe,
      ),
    ...(keyHeader === undefined ? {} : { authorize: (request, secret) => withKeyHeader(request, secret, keyHeader) }),
    ...(probePath === false ? {} : { probe: probeOf({ baseURL, path: probePath }) }),
  });
  const KeyManager: KeyManagerClass<OpenAI, ClientOptions> = keyManagerClass(adapter, { address: 'baseURL' });
  return {
    ...adapter,
    name,
    baseURL,
    createKeyManager(settings = {}) {
      if (settings === null || Array.isArray(settings))
        throw new InvalidOptionsError('createKeyManager() takes the keys as an option: { keys: [key] }.');
      const { keys, ...managerOptions } = settings;
      return keys === undefined ? KeyManager.fromEnv(managerOptions) : new KeyManager(keys, managerOptions);
    },
  };
}

function presetOf(name: string): Preset {
  if (Object.hasOwn(presets, name)) return presets[name as PresetName];
  throw new InvalidOptionsError(
    `openAICompatible(${quoted(name)}): unknown server. Use one of ${Object.keys(presets).join(', ')}; for another one ` +
      'pass { name, baseURL, env }.',
  );
}

/** A name as messages show it. A long one can be anything, such as a key, so no part of it is shown. */
function quoted(name: string): string {
  return name.length <= 20 ? JSON.stringify(name) : '"…"';
}

/** A rule that names a status only could mean something else on another server. */
function isSafeEverywhere({ codes, text, when }: ErrorRule): boolean {
  return (codes ?? text ?? when) !== undefined;
}

const unknownServer: Preset = {
  displayName: '',
  env: '',
  documentation: '',
  rules: Object.values(presets)
    .flatMap(({ rules }) => rules)
    .filter(isSafeEverywhere),
};

const optionNames = new Set([
  'name',
  'displayName',
  'baseURL',
  'env',
  'probePath',
  'classifyError',
  'readLimits',
  'usageOf',
]);

function checkAddress(baseURL: string | undefined, name: string): string {
  const isText = typeof baseURL === 'string';
  if (isText && URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return baseURL;
  const example = name === 'azure-openai' ? 'https://<resource>.openai.azure.com/openai/v1' : 'https://api.acme.com/v1';
  throw new InvalidOptionsError(
    `openAICompatible(): the "baseURL" of "${name}" must be an http(s) URL, for example "${example}".`,
  );
}

function sendingKey(secret: string, keyHeader: string | undefined, { fetch }: ClientOptions): ClientOptions {
  if (keyHeader === undefined) return {};
  return {
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set(keyHeader, secret);
      return (fetch ?? globalThis.fetch)(input, { ...init, headers });
    },
  };
}

function withKeyHeader(request: Request, secret: string, keyHeader: string): Request {
  request.headers.set('authorization', `Bearer ${secret}`);
  request.headers.set(keyHeader, secret);
  return request;
}
