import {
  ApiKeyManager,
  callWithFallback,
  createKeyedFetch,
  currentAttempt,
  customProvider,
  firstChunk,
  InvalidOptionsError,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  wrapWithFallback,
} from '@api-key-fallback/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

const secret = 'scripted-test-4f9a81c2e07b';
const provider = customProvider('scripted');
const manager = new ApiKeyManager(scriptedAdapter, [secret], { logger: false });
class ScriptedKeyManager extends ApiKeyManager {}

beforeAll(() => registry.register(manager));
afterAll(() => void registry.unregister(provider));

async function ask(apiKey: string): Promise<string> {
  return apiKey;
}

/** What JavaScript lets people write. */
const untyped = { retryWithApiKeyFallback, useApiKeyFallback, wrapWithFallback, callWithFallback } as unknown as Record<
  string,
  (...args: unknown[]) => (...args: unknown[]) => unknown
>;
const {
  retryWithApiKeyFallback: retry,
  useApiKeyFallback: use,
  wrapWithFallback: wrap,
  callWithFallback: call,
} = untyped;
const construct = (...args: unknown[]) => Reflect.construct(ApiKeyManager, args) as unknown;
const register = (value: unknown) => registry.register(value as never);
const decorate = (...args: unknown[]) => retry?.({ provider })(...args);
const notAManager = 'Expected a key manager, such as OpenAIKeyManager.fromEnv(); the value is';

type Mistake = readonly [mistake: string, make: () => unknown, message: string];

const decorators: readonly Mistake[] = [
  ['no parentheses', () => retry?.(ask, { kind: 'method', name: 'ask' }), '@retryWithApiKeyFallback needs parentheses'],
  [
    'no parentheses, legacy',
    () => retry?.({}, 'ask', { value: ask }),
    "write @retryWithApiKeyFallback({ provider: 'openai' })",
  ],
  [
    'no parentheses on a class',
    () => use?.(ScriptedKeyManager, { kind: 'class' }),
    '@useApiKeyFallback needs parentheses',
  ],
  [
    'no options on a class',
    () => use?.(),
    "it is undefined. Write { provider: 'openai', maxRetries: 3 }, for example.",
  ],
  [
    'a text',
    () => retry?.('openai'),
    "it is of type string. Write { provider: 'openai', maxRetries: 3 }, for example.",
  ],
  ['a manager', () => retry?.(manager), '"options" must be an object; it is a key manager.'],
  ['a manager as the provider', () => retry?.({ provider: manager }), 'it is a key manager. Write manager.provider.'],
  ['a class as the provider', () => retry?.({ provider: ScriptedKeyManager }), 'it is a class.'],
  ['an undefined provider', () => retry?.({ provider: undefined }), '"provider" is undefined. Write its name'],
  [
    'the decorator of classes on a method',
    () => use?.({ provider })(ask, { kind: 'method' }),
    'On a method write @retry',
  ],
  ['a class', () => decorate(ScriptedKeyManager, { kind: 'class', name: 'Chat' }), '"Chat" is a class, not a method.'],
  ['a class, legacy', () => decorate(ScriptedKeyManager), 'this is a class. Put it on the methods of the class'],
  ['a function', () => decorate(ask), 'this is a function. For a function use wrapWithFallback(fn, options).'],
  [
    'a getter',
    () => decorate(ask, { kind: 'getter', name: 'ask' }),
    '"ask" is a getter, not a method. Write a method: async',
  ],
  ['a getter, legacy', () => decorate({}, 'ask', { get: ask }), '"ask" is a getter, not a method.'],
  ['an accessor', () => decorate({}, { kind: 'accessor', name: 'ask' }), '"ask" is an accessor, not a method.'],
  ['a setter, legacy', () => decorate({}, 'ask', { set: ask }), '"ask" is a setter, not a method.'],
  [
    'a field',
    () => decorate(undefined, { kind: 'field', name: 'ask' }),
    '"ask" is a field, not a method. Write async name(apiKey, …) { … }',
  ],
  ['a field, legacy', () => decorate({}, 'ask', undefined), 'in place of name = async (apiKey, …) =>'],
  ['a parameter', () => decorate({}, 'ask', 0), '"ask" is a parameter, not a method.'],
];

const functions: readonly Mistake[] = [
  ['no options', () => wrap?.(ask), "it is undefined. Write { provider: 'openai', maxRetries: 3 }, for example."],
  [
    'a text',
    () => wrap?.(ask, 'openai'),
    "it is of type string. Write { provider: 'openai', maxRetries: 3 }, for example.",
  ],
  ['no provider', () => wrap?.(ask, {}), '"provider" is required'],
  ['a manager', () => wrap?.(ask, manager), '"options" must be an object; it is a key manager.'],
  [
    'a result',
    () => wrap?.(ask(''), { provider }),
    'the value is a Promise: pass the function itself, without calling it.',
  ],
  [
    'options before the function',
    () => wrap?.({ provider }, ask),
    'Write wrapWithFallback(async (apiKey, prompt) => …, {',
  ],
  ['a text of options', () => call?.(manager, ask, 'x'), 'it is of type string. Write { maxRetries: 3 }, for example.'],
  [
    'the name of a provider',
    () => call?.('openai', ask),
    "is of type string. registry.get('openai') returns the manager",
  ],
  ['the function first', () => call?.(ask, manager), 'the value is a function. The manager comes before the function.'],
  ['no function', () => call?.(manager), 'receives the API key; the value is undefined. Write (apiKey) => …'],
  [
    'the result of a function',
    () => call?.(manager, ask('')),
    'is a Promise: pass the function itself, without calling it.',
  ],
  ['a Promise of a manager', () => call?.(Promise.resolve(manager), ask), `${notAManager} a Promise: await it first.`],
  ['a number for checkKeys()', () => manager.checkKeys(5 as never), 'it is of type number. Write { timeout: 5000 }'],
  [
    'a Promise for firstChunk()',
    () => firstChunk(ask('') as never),
    'expects a stream; the value is a Promise: await it',
  ],
  [
    'nothing for injectKeys()',
    () => injectKeys(undefined as never),
    'expects a service, such as new ChatService(); the value is',
  ],
  ['null for injectKeys()', () => injectKeys(null as never), 'the value is null.'],
  ['a Promise for injectKeys()', () => injectKeys(ask('') as never), 'the value is a Promise: await it first.'],
  [
    'a controller',
    () => wrap?.(ask, { provider, signal: new AbortController() }),
    'an AbortSignal, such as controller.signal',
  ],
  ['no attempt', () => currentAttempt(), 'Call it inside a decorated method or fallback function.'],
  [
    'a text for a keyed fetch',
    () => createKeyedFetch('openai' as never),
    "Write createKeyedFetch({ provider: 'openai' })",
  ],
];

const managers: readonly Mistake[] = [
  [
    'keys without an adapter',
    () => construct([secret]),
    'it is a list. Write new ApiKeyManager(adapter, keys), or new OpenAI',
  ],
  [
    'a key',
    () => construct(secret),
    'it is of type string. Write new ApiKeyManager(adapter, keys), or new OpenAIKeyManager(',
  ],
  [
    'a class as the adapter',
    () => construct(ScriptedKeyManager, [secret]),
    '"adapter" must be an object; it is a class.',
  ],
  ['a manager as the adapter', () => construct(manager, [secret]), '"adapter" must be an object; it is a key manager.'],
  ['a key in place of the list', () => construct(scriptedAdapter, secret), 'Put a single key into a list, [key]'],
  ['a text as options', () => construct(scriptedAdapter, [secret], 'round-robin'), "Write { strategy: 'round-robin' }"],
  [
    'the class',
    () => register(ScriptedKeyManager),
    `${notAManager} a class. Write new OpenAIKeyManager(keys), with your class`,
  ],
  ['a list of keys', () => register([secret]), `${notAManager} a list. Write new OpenAIKeyManager(keys).`],
  ['an adapter', () => register(scriptedAdapter), `${notAManager} an adapter. Write new ApiKeyManager(adapter, keys).`],
  ['the name', () => register('openai'), `${notAManager} of type string. registry.get('openai') returns the manager`],
  ['a Promise', () => register(Promise.resolve(manager)), `${notAManager} a Promise: await it first.`],
  ['nothing', () => register(undefined), `${notAManager} undefined.`],
];

const events: readonly Mistake[] = [
  [
    'a misspelt event',
    () => manager.on('key.disbled' as never, () => {}),
    '"key.disbled". Did you mean "key.disabled"?',
  ],
  [
    'another event',
    () => manager.on('key.faild' as never, () => {}),
    'Did you mean "attempt.failed" or "call.failed" or',
  ],
  [
    'the end of an event',
    () => manager.on('failed' as never, () => {}),
    'Did you mean "attempt.failed" or "call.failed" or',
  ],
  ['no event', () => manager.on('error' as never, () => {}), 'Unknown event: "error". Expected one of key.selected,'],
  ['a manager for the registry', () => registry.get(manager as never), 'It is a key manager: write manager.provider.'],
];

const messageOf = async (make: () => unknown): Promise<string> => {
  try {
    await make();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.unreachable('It must be refused');
};

describe.each([
  ['a decorator', decorators],
  ['a function', functions],
  ['a manager or the registry', managers],
  ['an event or a look-up', events],
])('what to write instead, for %s', (_what, mistakes) => {
  it.each(mistakes)('%s', async (_mistake, make, message) => {
    const shown = await messageOf(make);
    expect(shown).toContain(message);
    expect(shown).not.toContain(secret.slice(0, 20));
  });
});

it('the errors of options are InvalidOptionsErrors', () => {
  expect(() => retry?.('openai')).toThrow(InvalidOptionsError);
});
