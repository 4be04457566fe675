import { ApiKeyManager, customProvider, wrapWithFallback, registry } from '@api-key-fallback/core';
import { instrument } from '@api-key-fallback/telemetry/otel';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acme, acmeKey } from '../acme-manager.ts';
import { serverKeys, ask, registerAcme, startAcmeServer } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

let sdk: TestSdk;
let stop: () => void;

beforeEach(() => {
  sdk = TestSdk.started();
  stop = instrument();
});
afterEach(() => {
  stop();
  registry.unregister(acme);
  sdk[Symbol.dispose]();
});

describe('the spans of a call', () => {
  it('nest: the call, its attempt, and the request that the attempt sends', async () => {
    await using server = await startAcmeServer();
    await registerAcme().retryWithFallback((apiKey) => ask(server.url, apiKey));
    expect(sdk.tree).toBe('api_key_fallback.call acme\n  api_key_fallback.attempt\n    GET\n');
  });

  it('are below the span that is active where the call is made', async () => {
    const manager = registerAcme();
    await trace.getTracer('app').startActiveSpan('request', async (span) => {
      await manager.retryWithFallback(async () => 1);
      span.end();
    });
    expect(sdk.tree).toBe('request\n  api_key_fallback.call acme\n    api_key_fallback.attempt\n');
  });

  it('say whose call it was and how it ended', async () => {
    registerAcme();
    const translate = wrapWithFallback(async (_key: string) => 'oi', { provider: acme, operation: 'translate' });
    await translate();
    const [call, attempt] = [...sdk.find('api_key_fallback.call acme'), ...sdk.find('api_key_fallback.attempt')];
    const shared = {
      'api_key_fallback.provider': 'acme',
      'api_key_fallback.pool': 'default',
      'api_key_fallback.call.id': expect.any(String),
      'api_key_fallback.operation': 'translate',
      'api_key_fallback.outcome': 'success',
      'code.function.name': expect.any(String),
    };
    expect(call).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
    expect(call?.attributes).toEqual({ ...shared, 'api_key_fallback.attempts': 1, 'api_key_fallback.keys_tried': 1 });
    expect(attempt).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
    expect(attempt?.attributes).toEqual({
      ...shared,
      'api_key_fallback.key': 'ACME_KEY_1',
      'api_key_fallback.attempt.number': 1,
    });
    expect(call?.attributes['api_key_fallback.call.id']).toBe(attempt?.attributes['api_key_fallback.call.id']);
  });

  it('have an attempt for each retry and each key', async () => {
    await using server = await startAcmeServer({ 1: [503, 503], 2: [401] });
    await registerAcme().retryWithFallback((apiKey) => ask(server.url, apiKey), { maxRetries: 2, delay: 1 });
    const attempt = '  api_key_fallback.attempt\n    GET\n';
    expect(sdk.tree).toBe(`api_key_fallback.call acme\n${attempt.repeat(4)}`);
    expect(sdk.find('api_key_fallback.attempt').map(({ attributes, status }) => [attributes, status])).toMatchObject([
      [
        {
          'api_key_fallback.key': 'ACME_KEY_1',
          'api_key_fallback.attempt.number': 1,
          'api_key_fallback.outcome': 'error',
          'api_key_fallback.verdict': 'transient',
          'api_key_fallback.reason': expect.any(String),
          'api_key_fallback.retry.delay': expect.any(Number),
          'error.type': 'transient',
        },
        { code: SpanStatusCode.ERROR, message: 'acme refused [redacted]' },
      ],
      [{ 'api_key_fallback.key': 'ACME_KEY_1', 'api_key_fallback.attempt.number': 2 }, { code: SpanStatusCode.ERROR }],
      [
        { 'api_key_fallback.key': 'ACME_KEY_2', 'error.type': 'invalid-key' },
        { code: SpanStatusCode.ERROR, message: 'acme refused [redacted]' },
      ],
      [{ 'api_key_fallback.key': 'ACME_KEY_3', 'api_key_fallback.outcome': 'success' }, { code: SpanStatusCode.UNSET }],
    ]);
    const [call] = sdk.find('api_key_fallback.call acme');
    expect(call?.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(call?.attributes).toMatchObject({ 'api_key_fallback.attempts': 4, 'api_key_fallback.keys_tried': 3 });
  });

  it('have the status ERROR when no key is left', async () => {
    await using server = await startAcmeServer({ 1: [401], 2: [401], 3: [401] });
    const call = registerAcme().retryWithFallback((apiKey) => ask(server.url, apiKey));
    await expect(call).rejects.toThrow('All 3 keys of Acme failed');
    const [span] = sdk.find('api_key_fallback.call acme');
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: expect.any(String) });
    expect(span?.attributes).toMatchObject({
      'api_key_fallback.outcome': 'exhausted',
      'api_key_fallback.keys_tried': 3,
      'error.type': 'invalid-key',
    });
  });

  it('are no errors when the caller aborts', async () => {
    const controller = new AbortController();
    const call = registerAcme().retryWithFallback(
      () => {
        controller.abort();
        return new Promise(() => {});
      },
      { signal: controller.signal },
    );
    await expect(call).rejects.toThrow('aborted');
    expect(sdk.spans).toHaveLength(2);
    for (const { status, attributes } of sdk.spans) {
      expect(status).toEqual({ code: SpanStatusCode.UNSET });
      expect(attributes).toMatchObject({ 'api_key_fallback.outcome': 'aborted', 'error.type': 'aborted' });
    }
  });

  it('belong to a trace of their own for each of 20 calls that run at once', async () => {
    await using server = await startAcmeServer();
    const manager = registerAcme({ strategy: 'round-robin' });
    const calls = Array.from({ length: 20 }, () => manager.retryWithFallback((apiKey) => ask(server.url, apiKey)));
    await Promise.all(calls);
    expect(sdk.tree).toBe('api_key_fallback.call acme\n  api_key_fallback.attempt\n    GET\n'.repeat(20));
    expect(new Set(sdk.spans.map((span) => span.spanContext().traceId))).toHaveProperty('size', 20);
  });

  it('nest when an attempt calls another provider', async () => {
    await using server = await startAcmeServer();
    const other = customProvider('other');
    const adapter = { name: other, displayName: 'Other', env: 'OTHER_API_KEY', classifyError: () => undefined };
    registry.register(new ApiKeyManager(adapter, ['other-Zx7Wq5Cv3Bn1Mk9J'], { logger: false, store: false }));
    const answer = wrapWithFallback((apiKey: string) => ask(server.url, apiKey), { provider: other });
    await registerAcme().retryWithFallback(() => answer());
    registry.unregister(other);
    expect(sdk.tree).toBe(
      [
        'api_key_fallback.call acme',
        '  api_key_fallback.attempt',
        '    api_key_fallback.call other',
        '      api_key_fallback.attempt',
        '        GET',
        '',
      ].join('\n'),
    );
  });

  it('go on in the pool that a call falls back to', async () => {
    await using server = await startAcmeServer({ 1: [401], 2: [401], 3: [401] });
    registerAcme({ pool: 'spare', keys: [acmeKey('spare')] });
    await registerAcme({ fallbackTo: 'spare' }).retryWithFallback((apiKey) => ask(server.url, apiKey));
    const attempts = sdk.find('api_key_fallback.attempt').map(({ attributes }) => attributes);
    expect(attempts.map(({ 'api_key_fallback.pool': pool }) => pool)).toEqual([
      'default',
      'default',
      'default',
      'spare',
    ]);
    expect(sdk.find('api_key_fallback.call acme')).toHaveLength(1);
  });

  it('are not recorded where tracing is suppressed, nor is what the attempt sends', async () => {
    await using server = await startAcmeServer();
    const manager = registerAcme();
    await context.with(suppressTracing(context.active()), () =>
      manager.retryWithFallback((apiKey) => ask(server.url, apiKey)),
    );
    expect(sdk.spans).toEqual([]);
  });
});

describe('a call that the sampler leaves out', () => {
  it('has no spans, nor has what it sends', async () => {
    sdk[Symbol.dispose]();
    const { NOT_RECORD, RECORD_AND_SAMPLED } = SamplingDecision;
    const isOurs = (name: string) => name.startsWith('api_key_fallback');
    sdk = TestSdk.started({
      sampler: {
        shouldSample: (_context, _traceId, name) => ({ decision: isOurs(name) ? NOT_RECORD : RECORD_AND_SAMPLED }),
      },
    });
    await using server = await startAcmeServer({ 1: [401] });
    await registerAcme().retryWithFallback((apiKey) => ask(server.url, apiKey));
    expect(sdk.spans).toEqual([]);
  });
});

describe('keyLabel', () => {
  it.each([
    ['ordinal', '1'],
    ['id', expect.stringMatching(/^[\w-]{22}$/)],
    ['none', undefined],
  ] as const)('names the key by its %s', async (keyLabel, name) => {
    stop();
    stop = instrument({ keyLabel });
    await registerAcme().retryWithFallback(async () => 1);
    const [attempt] = sdk.find('api_key_fallback.attempt');
    expect(attempt?.attributes['api_key_fallback.key']).toEqual(name);
    expect(serverKeys.map(({ key }) => key)).not.toContain(name);
  });
});
