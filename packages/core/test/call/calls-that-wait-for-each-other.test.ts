import { expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import {
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  takes,
  transient,
  type Script,
} from '../scripted-keys.ts';

/** How many attempts a key each call may make; the calls start one after the other. 0: a second passes. */
type Calls = readonly number[];

const noBudget = { retryBudget: false } as const;

it.each<[string, Script, Calls, { readonly retryBudget: false | { readonly tokens: number } }]>([
  [
    'its own attempt on a key that rests by a guess',
    { K1: [rateLimited()], K2: [rateLimited(40)], K3: [rateLimited(5000)] },
    [3, 1],
    noBudget,
  ],
  [
    'a token that it holds itself',
    { K1: [rateLimited()], K2: [takes(90_000, transient)], K3: [rateLimited(5000)] },
    [1, 1],
    { retryBudget: { tokens: 2 } },
  ],
  [
    'the turn that it took for a key which it has left for later',
    { K1: [transient], K2: [ok, takes(90_000, invalidKey()), quotaExhausted()], K3: [rateLimited()] },
    [1, 2, 1],
    noBudget,
  ],
  [
    'a call that waits for it',
    { K1: [rateLimited()], K2: [rateLimited()], K3: [rateLimited(5000)] },
    [1, 0, 3, 1, 1],
    noBudget,
  ],
])('a call does not wait for %s', async (_name, script, maxRetries, options) => {
  const { call, runtime } = scriptKeys(script, { stepped: true, ...options });
  let ended = 0;
  for (const attempts of maxRetries) {
    if (attempts === 0) await runtime.advance(1000);
    else
      void call({ maxRetries: attempts })
        .catch(() => {})
        .finally(() => ended++);
    await settle();
  }
  await runtime.advance(900_000);
  expect(ended).toBe(maxRetries.filter((attempts) => attempts > 0).length);
  expect(runtime.asleep).toBe(0);
});
