import { describe, expect, it } from 'vitest';
import { ShortLimit } from '../../src/limits/short-limit.ts';

/** Requests begin at these times and are served. */
function serve(limit: ShortLimit, times: readonly number[], assumed = Infinity): void {
  for (const time of times) limit.add(time);
  for (const time of times) limit.onSuccess(time, assumed);
}

function refuse(limit: ShortLimit, beganAtMs: number, now: number = beganAtMs): void {
  limit.add(beganAtMs);
  limit.onRefusal(beganAtMs, now);
}

function limitOfOne(): ShortLimit {
  const limit = new ShortLimit();
  serve(limit, [0]);
  refuse(limit, 0);
  return limit;
}

describe('a limit of a second', () => {
  it('is what began in the second before a refusal', () => {
    const limit = new ShortLimit();
    serve(limit, [0, 600, 900]);
    refuse(limit, 1000, 1400);
    expect(limit.known(1400)).toBe(2);
  });

  it('is not known before a refusal', () => {
    const limit = new ShortLimit();
    serve(limit, [0, 1, 2]);
    expect(limit.known(2)).toBe(Infinity);
    expect(limit.roomInMs(2)).toBe(0);
  });

  it('is not learned from a request that was alone in its second', () => {
    const limit = new ShortLimit();
    serve(limit, [0]);
    refuse(limit, 1000);
    expect(limit.known(1000)).toBe(Infinity);
  });

  it('leaves out requests that were refused', () => {
    const limit = new ShortLimit();
    serve(limit, [0]);
    for (const time of [100, 200, 300]) limit.add(time);
    for (const time of [100, 200, 300]) limit.onRefusal(time, time + 500);
    expect(limit.known(800)).toBe(1);
  });

  it('says when the next request has room', () => {
    const limit = new ShortLimit();
    serve(limit, [0, 400]);
    refuse(limit, 500);
    expect(limit.roomInMs(500)).toBe(500);
    expect(limit.roomInMs(1000)).toBe(0);
    limit.add(1000);
    expect(limit.roomInMs(1000)).toBe(400);
  });

  it('counts a key that was taken before its request begins, and counts it once', () => {
    const limit = limitOfOne();
    limit.take(1000);
    expect(limit.roomInMs(1000)).toBe(1000);
    limit.add(1010);
    expect(limit.roomInMs(1010)).toBe(1000);
    expect(limit.roomInMs(2010)).toBe(0);
  });

  it('rises with what is served beyond it, and not with what is still open', () => {
    const limit = limitOfOne();
    for (const time of [2000, 2100, 2200]) limit.add(time);
    limit.onSuccess(2200, Infinity);
    expect(limit.known(2200)).toBe(1);
    limit.onSuccess(2100, Infinity);
    limit.onSuccess(2000, Infinity);
    serve(limit, [2300]);
    expect(limit.known(2300)).toBe(4);
  });

  it('is forgotten ten minutes after the last refusal', () => {
    const limit = limitOfOne();
    expect(limit.known(599_999)).toBe(1);
    expect(limit.known(600_000)).toBe(Infinity);
  });

  it('takes the one of another key until it has one of its own, and learns its own beyond that', () => {
    const limit = new ShortLimit();
    limit.add(0);
    expect(limit.roomInMs(0, 1)).toBe(1000);
    serve(limit, [10, 20], 1);
    expect(limit.known(20)).toBe(2);
    expect(limit.roomInMs(20, 1)).toBe(990);
  });
});
