import {
  headersOfError,
  parseDuration,
  parseRetryAfter,
  parseStatedWait,
  readFailure,
  readHeader,
  statedWaitOf,
} from '@api-key-fallback/core/adapter';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys, throws } from '../scripted-keys.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0, 500);

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    ['2.5', 2500],
    ['0.1', 100],
    ['0', 0],
    [' 30 ', 30_000],
    ['5, 30', 30_000],
  ])('reads %j as seconds', (value, waitMs) => {
    expect(parseRetryAfter(value, now)).toBe(waitMs);
    expect(parseRetryAfter({ 'retry-after': value }, now)).toBe(waitMs);
  });

  it('reads an HTTP date relative to now', () => {
    const waitMs = parseRetryAfter(new Date(now + 60_000).toUTCString(), now);
    expect(waitMs).toBeGreaterThanOrEqual(59_000);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });

  it.each(['', '   ', 'soon', '-5', 'NaN', 'Infinity', '1e3', '0x10', '12abc', null, undefined])(
    'finds no wait in %j',
    (value) => {
      expect(parseRetryAfter(value, now)).toBeUndefined();
    },
  );

  it('returns undefined for a past date', () => {
    expect(parseRetryAfter(new Date(now - 5000).toUTCString(), now)).toBeUndefined();
    expect(parseRetryAfter({}, now)).toBeUndefined();
  });

  it('prefers retry-after-ms, even if it is 0', () => {
    expect(parseRetryAfter({ 'retry-after-ms': '1500' }, now)).toBe(1500);
    expect(parseRetryAfter({ 'retry-after-ms': '1500', 'retry-after': '9' }, now)).toBe(1500);
    expect(parseRetryAfter({ 'retry-after-ms': '0', 'retry-after': '9' }, now)).toBe(0);
  });

  it.each(['-1000', 'abc', '', 'NaN'])('ignores a retry-after-ms of %j', (exact) => {
    expect(parseRetryAfter({ 'retry-after-ms': exact, 'retry-after': '2' }, now)).toBe(2000);
  });

  it('reads header names in any case, from Headers and from plain objects', () => {
    expect(parseRetryAfter({ 'Retry-After': '2' }, now)).toBe(2000);
    expect(parseRetryAfter({ 'RETRY-AFTER-MS': 20 }, now)).toBe(20);
    expect(parseRetryAfter(new Headers({ 'Retry-After': '2' }), now)).toBe(2000);
  });

  it('returns a finite wait for a huge number', () => {
    expect(Number.isFinite(parseRetryAfter('99999999999', now) ?? 0)).toBe(true);
    expect(parseRetryAfter('9'.repeat(400), now)).toBeUndefined();
  });

  it('returns undefined or a finite wait of at least 0 for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(text, text, (first, second) => {
        for (const waitMs of [
          parseRetryAfter(first, now),
          parseRetryAfter({ 'retry-after-ms': first, 'Retry-After': second }, now),
        ]) {
          expect(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads back any number of seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (waitMs) => {
        expect(parseRetryAfter(String(waitMs / 1000), now)).toBe(waitMs);
      }),
      { numRuns: 300 },
    );
  });
});

describe('headersOfError', () => {
  it('returns the headers of an error or of its response', () => {
    const headers = { 'retry-after': '1' };
    expect(headersOfError({ headers })).toBe(headers);
    expect(headersOfError({ response: { headers } })).toBe(headers);
    for (const error of [undefined, null, 'x', {}, { headers: 'x' }, { response: null }])
      expect(headersOfError(error)).toBeUndefined();
  });

  it('finds a stated wait in either place', async () => {
    const places = [
      { headers: new Headers({ 'retry-after': '7' }) },
      { response: { headers: { 'Retry-After': '7' } } },
    ];
    for (const place of places) {
      const { call, key } = scriptKeys({ K1: [throws({ status: 429, ...place })], K2: [ok] });
      await call();
      expect(key('K1').availableAtMs).toBe(7000);
    }
  });
});

describe('readHeader', () => {
  it('reads from any object with a get method', () => {
    const headers = { get: (name: string) => (name === 'x-limit' ? '3' : null) };
    expect(readHeader(headers, 'x-limit')).toBe('3');
    expect(readHeader(headers, 'x-other')).toBeUndefined();
  });

  it('never throws', () => {
    const unreadable = Object.defineProperty({}, 'retry-after', {
      enumerable: true,
      get() {
        throw new Error('unreadable');
      },
    });
    const broken = {
      get() {
        throw new Error('broken');
      },
    };
    const odd = { get: () => ['5'] };
    for (const headers of [undefined, null, 'x', 1, [], unreadable, broken, odd, { 'retry-after': {} }]) {
      expect(readHeader(headers, 'retry-after')).toBeUndefined();
    }
  });
});

describe('parseDuration', () => {
  it.each([
    ['17s', 17_000],
    ['0.25s', 250],
    ['120ms', 120],
    ['6m0s', 360_000],
    ['24h0m0s', 86_400_000],
    ['1d', 86_400_000],
    ['7.66s', 7660],
  ])('reads %s', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(['', 's', '-5s', '5', 'soon', '5 apples', '1s later', `${'9'.repeat(400)}s`])(
    'reads nothing from %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('parseStatedWait', () => {
  it.each([
    ['Please try again in 7.66s', 7660],
    ['Limit reached. Please try again in 7m12s. Visit the site.', 432_000],
    ['try again in 2m', 120_000],
    ['Please retry in 500ms', 500],
    ['Please Try Again In 1h2m3s', 3_723_000],
  ])('reads the wait of %j', (message, waitMs) => {
    expect(parseStatedWait(message)).toBe(waitMs);
  });

  it.each(['You have used 30 seconds of compute', 'Please try again later', 'try again in -5s', '', 'took 5003ms'])(
    'finds none in %j',
    (message) => {
      expect(parseStatedWait(message)).toBeUndefined();
    },
  );
});

describe('a text that only resembles a date', () => {
  it.each(['sunny 2050', 'mon 2027', 'Wed', 'friday the 13th, 2050', 'Monster 2050 10:00:00'])(
    '%j states no wait',
    (text) => {
      expect(parseRetryAfter(text, 0)).toBeUndefined();
    },
  );
});

describe('a wait spelled out in words', () => {
  it.each([
    ['Please retry after 26 seconds.', 26_000],
    ['Please try again in 20 seconds.', 20_000],
    ['Try again in 1 minute', 60_000],
    ['Token quota is exceeded. Try again in 21 minutes and 33 seconds.', 1_293_000],
    ['Please retry after 15 days and 1 hour.', 1_299_600_000],
    ['Try again in 2 minutes and tell us about it.', 120_000],
    ['You have used 30 seconds of compute', undefined],
  ])('%j', (message, wait) => {
    expect(parseStatedWait(message)).toBe(wait);
  });
});

describe('a wait in the body of an error', () => {
  it.each([
    [{ error: { retry_after: '30' } }, 30_000],
    [{ body: { error: { retry_after: 1.5 } } }, 1500],
    [{ response: { data: { retryDelay: '17s' } } }, 17_000],
    [{ error: { retryDelay: '0.25s' } }, 250],
    [{ error: { retry_after: -5 } }, undefined],
    [{ error: { retry_after: 'soon' } }, undefined],
    [undefined, undefined],
  ])('%j', (error, wait) => {
    expect(statedWaitOf(readFailure(error), now)).toBe(wait);
  });

  it('is used only without a wait in the headers', async () => {
    const body = { retry_after: 17 };
    const fromBody = Object.assign(new Error('slow down'), { status: 429, body });
    const fromHeader = Object.assign(new Error('slow down'), { status: 429, body, headers: { 'retry-after': '60' } });
    const keys = scriptKeys({ K1: [throws(fromBody)], K2: [throws(fromHeader)] });
    await keys.call({ maxRetries: 1 }).catch(() => {});
    expect([keys.key('K1').availableAtMs, keys.key('K2').availableAtMs]).toEqual([17_000, 60_000]);
  });
});
