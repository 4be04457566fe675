import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeFeed } from '../src/change-feed.ts';
import type { ConnectionListener, RedisConnection } from '../src/redis-connection.ts';

/** A connection whose server answers until it is silenced. */
class FakeConnection implements RedisConnection {
  readonly sent: string[] = [];
  readonly on: ConnectionListener;
  isSilent = false;
  hasEnded = false;

  constructor(on: ConnectionListener) {
    this.on = on;
  }

  send(args: readonly string[]): Promise<unknown> {
    return this.#answer(args.join(' '));
  }

  subscribe(channel: string): Promise<unknown> {
    return this.#answer(`SUBSCRIBE ${channel}`);
  }

  unsubscribe(channel: string): Promise<unknown> {
    return this.#answer(`UNSUBSCRIBE ${channel}`);
  }

  end(): void {
    this.hasEnded = true;
  }

  #answer(command: string): Promise<unknown> {
    this.sent.push(command);
    return this.isSilent ? new Promise(() => {}) : Promise.resolve('PONG');
  }
}

describe('ChangeFeed', () => {
  const connections: FakeConnection[] = [];
  let feed: ChangeFeed;
  let lives = 0;

  beforeEach(async () => {
    vi.useFakeTimers();
    connections.length = 0;
    lives = 0;
    feed = new ChangeFeed(async (on) => {
      const connection = new FakeConnection(on);
      connections.push(connection);
      return connection;
    });
    await feed.subscribe('a', { message() {}, live: () => void lives++ });
  });

  afterEach(() => {
    feed.close();
    vi.useRealTimers();
  });

  function pings(): number {
    return connections.flatMap(({ sent }) => sent).filter((command) => command === 'PING').length;
  }

  it('pings a quiet connection every 5 s', async () => {
    const atStart = pings();
    await vi.advanceTimersByTimeAsync(4900);
    expect(pings() - atStart).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pings() - atStart).toBeLessThanOrEqual(12);
    expect(pings() - atStart).toBeGreaterThanOrEqual(8);
    expect(connections).toHaveLength(1);
  });

  it('sends no ping while messages arrive', async () => {
    const atStart = pings();
    for (let second = 0; second < 60; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      connections[0]?.on.message('a', '{}');
    }
    expect(pings()).toBe(atStart);
  });

  it('counts the answer to a subscription as a sign of life', async () => {
    const atStart = pings();
    await vi.advanceTimersByTimeAsync(4000);
    await feed.subscribe('b', { message() {}, live() {} });
    await vi.advanceTimersByTimeAsync(4000);
    expect(pings()).toBe(atStart);
  });

  it.each([0, 2500])('replaces a connection within 7 s that falls silent after %i ms', async (afterMs) => {
    await vi.advanceTimersByTimeAsync(afterMs);
    connections[0]?.on.message('a', '{}');
    connections[0]!.isSilent = true;
    await vi.advanceTimersByTimeAsync(6900);
    expect(connections.map(({ hasEnded }) => hasEnded)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(200);
    expect(connections.map(({ hasEnded }) => hasEnded)).toEqual([true, false]);
    expect(lives).toBe(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(connections).toHaveLength(2);
  });

  it('keeps a connection that sends a message instead of the answer', async () => {
    connections[0]!.isSilent = true;
    await vi.advanceTimersByTimeAsync(6000);
    connections[0]?.on.message('a', '{}');
    await vi.advanceTimersByTimeAsync(4000);
    expect(connections).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(connections).toHaveLength(2);
  });

  it('leaves no timer after close()', async () => {
    await vi.advanceTimersByTimeAsync(6000);
    feed.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
