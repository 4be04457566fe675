import { describe, expect, it } from 'vitest';
import { poolOf } from '../../src/pool/pool-of.ts';
import { RetryBudget, type Loan } from '../../src/pool/retry-budget.ts';
import { callMany } from '../call-many.ts';
import { outcomeNow } from '../fake-runtime.ts';
import { invalidKey, ok, scriptKeys, takes, transient, type Outcome } from '../scripted-keys.ts';

const noLoan = (): Loan => ({ holdsToken: false, tokensTaken: 0 });

/** Takes tokens until none is left. Returns how many there were. */
function drain(budget: RetryBudget): number {
  let tokens = 0;
  for (let loan = noLoan(); budget.lend(loan); loan = noLoan()) {
    budget.lose(loan);
    tokens++;
  }
  return tokens;
}

describe('the bucket', () => {
  it('holds 40 tokens, or as many as are asked for', () => {
    expect(drain(new RetryBudget({}))).toBe(40);
    expect(drain(new RetryBudget({ tokens: 7 }))).toBe(7);
  });

  it('makes room for the walk of one call, unless it holds none at all', () => {
    const budget = new RetryBudget({});
    budget.fit(60);
    budget.fit(50);
    expect(drain(budget)).toBe(60);
    const none = new RetryBudget({ tokens: 0 });
    none.fit(60);
    expect(drain(none)).toBe(0);
  });

  it('loses the token of an attempt that fails', () => {
    const budget = new RetryBudget({ tokens: 2 });
    const loan = noLoan();
    budget.lend(loan);
    budget.lose(loan);
    budget.lose(loan);
    budget.giveBack(loan);
    expect(drain(budget)).toBe(1);
  });

  it('gets back a token that was not needed', () => {
    const budget = new RetryBudget({ tokens: 2 });
    const loan = noLoan();
    budget.lend(loan);
    budget.giveBack(loan);
    budget.giveBack(loan);
    expect(drain(budget)).toBe(2);
  });

  it('gets back all tokens of a call that succeeds, and 0.2 more', () => {
    const budget = new RetryBudget({ tokens: 10 });
    drain(budget);
    budget.fill();
    const loan = noLoan();
    for (const _ of [1, 2, 3]) {
      budget.lend(loan);
      budget.lose(loan);
    }
    budget.lend(loan);
    for (let lost = 0; lost < 5; lost++) {
      const other = noLoan();
      budget.lend(other);
      budget.lose(other);
    }
    budget.onSuccess(loan);
    for (const _ of [1, 2, 3, 4]) budget.onSuccess(noLoan());
    expect(budget.mayComeBack).toBe(false);
    expect(drain(budget)).toBe(1 + 4 + 1);
  });

  it('never holds more than it was made for', () => {
    const budget = new RetryBudget({ tokens: 3 });
    for (let made = 0; made < 100; made++) budget.onSuccess(noLoan());
    expect(drain(budget)).toBe(3);
  });

  it('lends no second token to a call that still holds one', () => {
    const budget = new RetryBudget({ tokens: 2 });
    const loan = noLoan();
    expect([budget.lend(loan), budget.lend(loan)]).toEqual([true, true]);
    expect(loan.tokensTaken).toBe(1);
    budget.lose(loan);
    expect(budget.mayComeBack).toBe(false);
    expect(drain(budget)).toBe(1);
  });

  it('lends only while as many are there as are needed', () => {
    const budget = new RetryBudget({ tokens: 3 });
    expect(budget.lend(noLoan(), 4)).toBe(false);
    expect(budget.lend(noLoan(), 3)).toBe(true);
    expect(budget.lend(noLoan(), 3)).toBe(false);
    expect(budget.lend(noLoan(), 2)).toBe(true);
  });

  it.each([
    ['calls each second: by time', 1000, 300, 10],
    ['calls every ten seconds: 0.2 each', 10_000, 100, 20],
    ['calls after a quiet minute: the whole time', 60_000, 5, 10],
    ['a call after a minute but for a moment: 0.2', 59_999, 5, 1],
  ])('is filled by %s', (_name, gapMs, calls, tokens) => {
    const budget = new RetryBudget({});
    drain(budget);
    budget.onCall(0);
    for (let made = 1; made <= calls; made++) budget.onCall(made * gapMs);
    expect(Math.abs(drain(budget) - tokens)).toBeLessThanOrEqual(1);
  });

  it('may get tokens back while some are lent, unless the last eight were lost', () => {
    const budget = new RetryBudget({});
    expect(budget.mayComeBack).toBe(false);
    const lent = noLoan();
    budget.lend(lent);
    for (let lost = 1; lost <= 8; lost++) {
      expect(budget.mayComeBack).toBe(true);
      const loan = noLoan();
      budget.lend(loan);
      budget.lose(loan);
    }
    expect(budget.mayComeBack).toBe(false);
    budget.onSuccess(noLoan());
    expect(budget.mayComeBack).toBe(true);
    budget.giveBack(lent);
    expect(budget.mayComeBack).toBe(false);
  });

  it('is full, and hopeful, after a reset', () => {
    const budget = new RetryBudget({ tokens: 20 });
    drain(budget);
    budget.fill();
    expect(drain(budget)).toBe(20);
  });
});

describe('a call without a token', () => {
  const bad = takes(100, transient);
  const slow = takes(10_000, ok);
  const scarce = { stepped: true, retryBudget: { tokens: 2 } } as const;
  const twice = { maxRetries: 2, delay: 0 };

  /** Three calls fail once on the only key; two of them have borrowed the two tokens, and their second attempts run. */
  function waitForToken(second: Outcome, options: object) {
    const keys = scriptKeys({ K1: [bad, bad, bad, second, second, ok] }, scarce);
    const first = Promise.all([keys.call(twice), keys.call(twice)]);
    const waits = keys.call({ ...twice, ...options });
    first.catch(() => {});
    waits.catch(() => {});
    return { keys, first, waits };
  }

  it('waits for one that is lent, and goes on when it comes back', async () => {
    const { keys, first, waits } = waitForToken(slow, {});
    await keys.runtime.advance(10_000);
    expect(keys.calls).toHaveLength(5);
    await keys.runtime.advance(100);
    await expect(Promise.all([first, waits])).resolves.toEqual([['K1', 'K1'], 'K1']);
  });

  it('ends when it is lost, and says that the budget is spent', async () => {
    const { keys, waits } = waitForToken(bad, {});
    await keys.runtime.advance(1000);
    await expect(waits).rejects.toMatchObject({
      isBudgetSpent: true,
      message: expect.stringContaining('the retry budget is spent'),
    });
    expect(keys.calls).toHaveLength(5);
  });

  it('waits no longer than its deadline', async () => {
    const { keys, waits } = waitForToken(slow, { deadline: 5000 });
    await keys.runtime.advance(4999);
    await expect(outcomeNow(waits)).resolves.toBe('pending');
    await keys.runtime.advance(1);
    await expect(waits).rejects.toMatchObject({ name: 'DeadlineExceededError' });
  });

  it('waits no longer than its abort', async () => {
    const controller = new AbortController();
    const { keys, waits } = waitForToken(slow, { signal: controller.signal });
    await keys.runtime.advance(5000);
    controller.abort(new Error('enough'));
    await expect(waits).rejects.toThrow('enough');
  });

  it('goes on after a reset', async () => {
    const { keys, waits } = waitForToken(slow, {});
    await keys.runtime.advance(200);
    keys.manager.reset();
    await expect(waits).resolves.toBe('K1');
  });

  it('gets the token of a call that leaves its key after its pause', async () => {
    const keys = scriptKeys({ K1: [bad], K2: [bad], K3: [ok] }, { stepped: true, retryBudget: { tokens: 1 } });
    await expect(callMany(keys, 40, { maxRetries: 2 })).resolves.toMatchObject({ served: 40 });
  });

  it('ends no call for an error that the budget has not caused', async () => {
    const keys = scriptKeys({ K1: [transient] }, { retryBudget: {} });
    await expect(keys.call()).rejects.toMatchObject({ isBudgetSpent: false });
  });
});

it('reset() fills the budget', async () => {
  const keys = scriptKeys({ K1: [transient] }, { retryBudget: { tokens: 2 } });
  await keys.call({ delay: 0 }).catch(() => {});
  await keys.call({ delay: 0 }).catch(() => {});
  keys.calls.length = 0;
  await keys.call({ delay: 0 }).catch(() => {});
  expect(keys.calls).toHaveLength(1);
  keys.manager.reset();
  await keys.call({ delay: 0 }).catch(() => {});
  expect(keys.calls).toHaveLength(4);
});

it('a walk over twenty keys fits the budget, however many attempts a key gets', async () => {
  const script = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`K${index}`, [transient] as const]));
  const keys = scriptKeys(script, { retryBudget: {} });
  await keys.call({ maxRetries: 5 }).catch(() => {});
  expect(keys.calls).toHaveLength(100);
});

it('a failure that is not repeated borrows nothing', async () => {
  const keys = scriptKeys({ K1: [invalidKey()], K2: [transient] }, { retryBudget: { tokens: 2 } });
  await keys.call({ maxRetries: 1 }).catch(() => {});
  expect(keys.calls).toEqual(['K1', 'K2']);
  const { budget } = poolOf(keys.manager);
  expect(budget && drain(budget)).toBe(2);
});
