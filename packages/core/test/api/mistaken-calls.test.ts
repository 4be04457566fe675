import {
  ApiKeyManager,
  customProvider,
  registry,
  UnknownProviderError,
  UnrecoverableError,
  wrapWithFallback,
} from '@api-key-fallback/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });

beforeAll(() => registry.register(manager));
afterAll(() => void registry.unregister(provider));

async function ask(apiKey: string): Promise<string> {
  return apiKey;
}

describe('the name of a provider', () => {
  it.each([
    ['Scripted', 'Did you mean "scripted"?'],
    ['scriptd', 'Did you mean "scripted"?'],
    ['antropic', 'Did you mean "anthropic"? Install and import @api-key-fallback/anthropic.'],
    ['OpenAI', 'Did you mean "openai"? Install and import @api-key-fallback/openai.'],
    ['claude', 'Did you mean "anthropic"? Install and import @api-key-fallback/anthropic.'],
    ['google', 'Did you mean "gemini"? Install and import @api-key-fallback/gemini.'],
    ['youtube', '(known: scripted). Install and import @api-key-fallback/youtube.'],
    ['groq', "Register it: openAICompatible('groq').createKeyManager() of @api-key-fallback/openai."],
    ['weather', '(known: scripted). Import its adapter, or register() a key manager.'],
  ])('%s is unknown, and the message says what to do', async (name, message) => {
    const wrapped = wrapWithFallback(ask, { provider: customProvider(name) });
    const error: unknown = await wrapped().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownProviderError);
    expect((error as Error).message).toContain(message);
  });
});

describe('a method without its object', () => {
  // oxlint-disable-next-line typescript/unbound-method -- the mistake itself
  const { get, has, register } = registry;
  // oxlint-disable-next-line typescript/unbound-method -- the mistake itself
  const { getClient, status, retryWithFallback, on } = manager;

  it('of the registry says what to write', () => {
    const message =
      'get() was called without its object, so "this" is undefined. Write registry.get(…), and pass it on as (...args) => ' +
      'registry.get(...args).';
    expect(() => get(provider)).toThrow(message);
    expect(() => has(provider)).toThrow('Write registry.has(…)');
    expect(() => register(manager)).toThrow('Write registry.register(…)');
  });

  it('of a manager says what to write, as an exception or a rejection like its other errors', async () => {
    expect(() => status()).toThrow(
      'status() was called without its object, so "this" is undefined. Write manager.status(…)',
    );
    expect(() => on('key.disabled', () => {})).toThrow(TypeError);
    await expect(getClient()).rejects.toThrow('Write manager.getClient(…)');
    await expect(retryWithFallback(ask)).rejects.toThrow('Write manager.retryWithFallback(…)');
  });

  it('keeps its name and its number of parameters', () => {
    expect([get.name, get.length, on.name, on.length]).toEqual(['get', 1, 'on', 2]);
  });
});

describe('UnrecoverableError', () => {
  it.each<[unknown, string]>([
    [new Error('over budget'), 'over budget'],
    [undefined, 'undefined'],
    [{ message: 'over budget' }, 'over budget'],
  ])('ends the call although its message is %o', async (message, text) => {
    let calls = 0;
    const failing = manager.retryWithFallback(() => {
      calls++;
      throw new UnrecoverableError(message as string);
    });
    await expect(failing).rejects.toThrow(text);
    expect(calls).toBe(1);
  });
});
