import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { ApiKeyManager, type Logger } from '@api-key-fallback/core';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createLogger, format, transports } from 'winston';
import { FakeRuntime } from '../fake-runtime.ts';
import { invalidKey, scriptedAdapter } from '../scripted-keys.ts';

const keys = ['sk-test-4f9a81c2e07b', 'sk-test-77d0b3a9c1f2'];

/** Returns the lines of one call whose first key is refused, after 30 ms. */
async function linesOf(createLoggerOn: (stream: PassThrough) => Logger): Promise<string[]> {
  const stream = new PassThrough();
  const runtime = new FakeRuntime();
  const manager = new ApiKeyManager({ ...scriptedAdapter, displayName: 'House' }, keys, {
    logger: createLoggerOn(stream),
    runtime,
  });
  await manager.retryWithFallback(async (key) => {
    await runtime.sleep(30);
    if (key === keys[0]) await invalidKey()(key, runtime);
  });
  stream.end();
  const text = (await stream.toArray()).join('');
  for (const key of keys) expect(text).not.toContain(key);
  return text.trim().split('\n');
}

const failed = {
  event: 'attempt.failed',
  provider: 'scripted',
  key: 'key 1',
  attempt: 1,
  verdict: 'invalid-key',
  reason: 'scripted',
  durationMs: 30,
};

it('pino keeps the fields and the text', async () => {
  const lines = await linesOf((stream) => pino({ base: null, timestamp: false }, stream));
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const { callId } = records[0] ?? {};
  expect(callId).toMatch(/^[0-9a-f-]{36}$/);
  expect(records).toEqual([
    { level: 30, event: 'key.selected', provider: 'scripted', key: 'key 1', callId, msg: 'House: Using key 1/2' },
    { level: 40, ...failed, callId, msg: 'House: Error on attempt 1/3: scripted failure' },
    {
      level: 40,
      event: 'call.fell-over',
      provider: 'scripted',
      key: 'key 1',
      verdict: 'invalid-key',
      callId,
      msg: 'House: Key 1/2 failed. Trying next key...',
    },
    { level: 30, event: 'key.selected', provider: 'scripted', key: 'key 2', callId, msg: 'House: Using key 2/2' },
    {
      level: 30,
      event: 'attempt.started',
      provider: 'scripted',
      key: 'key 2',
      attempt: 1,
      callId,
      msg: 'House: Attempt 1/3 with key 2/2',
    },
    {
      level: 30,
      event: 'call.succeeded',
      provider: 'scripted',
      key: 'key 2',
      callId,
      durationMs: 60,
      msg: 'House: Success with key 2/2',
    },
  ]);
});

it('a child of pino, as Fastify passes it, keeps them too', async () => {
  const [, line = ''] = await linesOf((stream) =>
    pino({ base: null, timestamp: false }, stream).child({ reqId: 'r1' }),
  );
  expect(JSON.parse(line)).toMatchObject({ reqId: 'r1', ...failed });
});

it('winston keeps the fields and the text', async () => {
  const lines = await linesOf((stream) =>
    createLogger({ format: format.json(), transports: [new transports.Stream({ stream })] }),
  );
  expect(lines).toHaveLength(6);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    level: 'warn',
    message: 'House: Error on attempt 1/3: scripted failure',
    ...failed,
  });
});

it('a console gets the text alone', async () => {
  const lines = await linesOf((stream) => new Console(stream));
  expect(lines[1]).toBe('House: Error on attempt 1/3: scripted failure');
});

it('another logger gets the text and the fields', async () => {
  const write = (stream: PassThrough) => (message: string, fields?: object) =>
    stream.write(`${JSON.stringify([message, fields])}\n`);
  const lines = await linesOf((stream) => {
    const log = write(stream);
    return { debug: log, info: log, warn: log, error: log };
  });
  expect(JSON.parse(lines[1] ?? '')).toEqual([
    'House: Error on attempt 1/3: scripted failure',
    { ...failed, callId: expect.any(String) as string },
  ]);
});

it('a line without an event is marked as a warning', () => {
  const warnings: unknown[][] = [];
  const log = (...line: unknown[]) => void warnings.push(line);
  const repeated = [keys[0] ?? '', keys[0] ?? ''];
  void new ApiKeyManager(scriptedAdapter, repeated, { logger: { debug: log, info: log, warn: log, error: log } });
  expect(warnings).toEqual([[expect.stringContaining('key 2'), { event: 'warning', provider: 'scripted' }]]);
});
