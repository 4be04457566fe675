import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll, retry, wrap } from 'cockatiel';
import { fakeKeys } from './bench-manager.ts';

const guarded = fakeKeys(4).map((key) => {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(3) });
  return { key, breaker, policy: wrap(retry(handleAll, { maxAttempts: 2 }), breaker) };
});

/** The nearest to this library that can be built from cockatiel: the first key whose breaker is not open, with retries. */
export function cockatielKeys<T>(call: (key: string) => Promise<T>): Promise<T> {
  const usable = guarded.find(({ breaker }) => breaker.state !== CircuitState.Open);
  if (!usable) return Promise.reject(new Error('Every breaker is open.'));
  return usable.policy.execute(() => call(usable.key));
}
