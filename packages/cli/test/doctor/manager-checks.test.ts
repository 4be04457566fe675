import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FileStore, type ApiKeyManager, type KeyStateStore } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkClock } from '../../src/doctor/check-clock.ts';
import { checkExpiry } from '../../src/doctor/check-expiry.ts';
import { checkStores } from '../../src/doctor/check-stores.ts';
import { doctor as texts } from '../../src/texts/english/doctor.ts';
import { createProject } from '../create-project.ts';

const key = 'sk-test-4f9a81c2e07b11112222';

function managerWith(store: KeyStateStore): ApiKeyManager {
  onTestFinished(() => store.close());
  return new OpenAIKeyManager([key], { store, logger: false });
}

describe('checkStores', () => {
  it('accepts a directory that can be written, and leaves nothing in it but what a store needs', async () => {
    const store = new FileStore(join(createProject(), 'state'));
    expect(await checkStores([managerWith(store)], texts)).toMatchObject([{ level: 'fine' }]);
  });

  it('finds a directory that cannot be written', async () => {
    const folder = createProject({ files: { taken: 'a file' } });
    const [finding, ...others] = await checkStores([managerWith(new FileStore(join(folder, 'taken')))], texts);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ level: 'error', message: expect.stringContaining('ENOTDIR') });
  });

  it('finds a Redis server that is away', async () => {
    const client = new Redis('redis://127.0.0.1:1', { lazyConnect: true });
    const found = await checkStores([managerWith(new RedisStore(client))], texts);
    expect(found).toMatchObject([{ level: 'error', message: expect.stringContaining('ECONNREFUSED') }]);
  });

  it('checks a store once that several managers share', async () => {
    const store = new FileStore(join(createProject(), 'state'));
    const youtube = new YouTubeKeyManager(['AIzaSyTest4f9a81c2e07b1111'], { store, logger: false });
    expect(await checkStores([managerWith(store), youtube], texts)).toHaveLength(1);
  });
});

describe('checkClock', () => {
  async function checkAgainst(headers: Readonly<Record<string, string>>) {
    const server = createServer((_request, response) => {
      response.sendDate = false;
      response.writeHead(401, headers).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const manager = new OpenAIKeyManager([key], { clientOptions: { baseURL }, logger: false, store: false });
    const finding = await checkClock([manager], texts);
    // The request says nothing about the key.
    expect(manager.status().keys[0]?.state).toBe('healthy');
    return finding;
  }

  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

  it('accepts the same time', async () => {
    expect(await checkAgainst({ date: inSeconds(0) })).toMatchObject({
      level: 'fine',
      message: texts.clockFine('OpenAI').message,
    });
  });

  it('finds a clock that is ahead', async () => {
    const finding = await checkAgainst({ date: inSeconds(-600) });
    expect(finding).toMatchObject({ level: 'warning', message: expect.stringMatching(/ (?:599|600|601) s ahead of/) });
  });

  it('finds a clock that is behind', async () => {
    const finding = await checkAgainst({ date: inSeconds(3600) });
    expect(finding).toMatchObject({ level: 'warning', message: expect.stringMatching(/ (?:3599|3600|3601) s behind/) });
  });

  it('says so if no provider states its time', async () => {
    expect(await checkAgainst({})).toMatchObject({ level: 'fine', message: texts.clockUnknown.message });
    expect(await checkClock([], texts)).toMatchObject({ message: texts.clockUnknown.message });
  });
});

describe('checkExpiry', () => {
  const nowMs = Date.parse('2026-07-01T12:00:00Z');

  function expiring(expiresAtMs: number): ApiKeyManager {
    const manager = new OpenAIKeyManager([key], { logger: false, store: false });
    const status = { ...manager.status(), source: { name: 'vault', expiresAtMs } };
    return Object.assign(manager, { status: () => status });
  }

  it.each([
    { inMs: -1, level: 'error' },
    { inMs: 3_600_000, level: 'warning' },
    { inMs: 7 * 86_400_000, level: 'fine' },
  ])('finds $level for keys that expire in $inMs ms', ({ inMs, level }) => {
    const found = checkExpiry([expiring(nowMs + inMs)], nowMs, texts);
    expect(found).toMatchObject([{ level, message: expect.stringContaining('vault') }]);
  });

  it('says nothing of keys without an end', () => {
    expect(checkExpiry([new OpenAIKeyManager([key], { logger: false, store: false })], nowMs, texts)).toEqual([]);
  });
});
