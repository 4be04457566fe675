import { expect, it, vi } from 'vitest';
import { causeChain } from '../../src/http/cause-chain.ts';
import { headerEntries } from '../../src/http/headers.ts';
import { readFailure } from '../../src/provider/read-failure.ts';

it('reads the first 500 entries of headers that have no end', () => {
  function* endless(): Generator<[string, string]> {
    for (let number = 0; ; number++) yield [`x-${number}`, 'value'];
  }
  expect(headerEntries(endless())).toHaveLength(500);
});

it('looks at fifty errors of an error, each once', () => {
  const read = vi.fn<() => void>();
  const wide = (depth: number): Error => {
    read();
    const error = new Error('down');
    if (depth > 0)
      Object.defineProperty(error, 'errors', { get: () => Array.from({ length: 10 }, () => wide(depth - 1)) });
    return error;
  };
  expect(causeChain(wide(9))).toHaveLength(50);
  expect(read.mock.calls.length).toBeLessThan(1000);
  const own = new Error('own cause');
  own.cause = own;
  expect(causeChain(new AggregateError([own, own]))).toHaveLength(2);
});

it('reads the first 64 KB of a message', () => {
  expect(readFailure(new Error('x'.repeat(1_000_000))).message).toHaveLength(65_536);
});

it('calls no accessor of a body that it has no use for', () => {
  const accessor = vi.fn<() => unknown>();
  const body = Object.defineProperty({ error: 'slow_down' }, 'request', { enumerable: true, get: accessor });
  expect(readFailure(Object.assign(new Error('429'), { status: 429, body }))).toMatchObject({ message: 'slow_down' });
  expect(accessor).not.toHaveBeenCalled();
});
