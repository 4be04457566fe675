import type { PooledKey } from '../state/pooled-key.ts';
import { takeLastResort } from './take-last-resort.ts';
import type { RunningCall } from './running-call.ts';
import { startWaitForProbe, startWaitForRoom, startWaitForTurn } from './start-wait.ts';
import type { TakenKey } from './taken-key.ts';

const mostScouts = 32;

/** Takes the next key, after a wait in the pool's queue until one can be used. */
export function waitForKey(call: RunningCall): Promise<TakenKey> {
  return call.wait.inQueue(() => {
    const taken = takeKeyInTurn(call);
    if (taken) call.claims.reserve(taken.key, call.draw);
    return taken;
  });
}

/** Takes the next key that can be used now; `undefined` if the call has to wait. @throws the error that ends the call */
export function takeKeyNow(call: RunningCall): TakenKey | undefined {
  // Otherwise this call, and others, would wait for a probe that this call no longer makes.
  call.claims.endProbe();
  call.claims.giveUpRoom();
  return startWaitForTurn(call) ? undefined : takeKeyInTurn(call);
}

/** Whether another call's outcome has taken the key out since this call took it. */
export function wasTakenOut(call: RunningCall, { key }: TakenKey): boolean {
  const { plan, lastResort } = call;
  const { pool, bucket } = plan;
  const isLastResort = lastResort?.key === key && pool.keys.includes(key) && key.isOutByGuess(bucket, pool.clock.now());
  return !pool.isUsable(key, call.claims.drawOn(key, call.draw)) && !isLastResort;
}

function takeKeyInTurn(call: RunningCall): TakenKey | undefined {
  call.plan.settings.signal?.throwIfAborted();
  const key = nextKey(call) ?? (call.reopenKeys() ? nextKey(call) : undefined);
  if (!key) return takeLastResort(call);
  if (startWaitForProbe(call, key) || startWaitForRoom(call, key)) return undefined;
  const admission = admit(call, key);
  if (!admission) return undefined;
  call.moveTo(key);
  if (admission === 'scout') call.claims.scout(key);
  return { key };
}

/** The key that comes next: where no token is left to try one in doubt, the first one that nothing speaks against. */
function nextKey(call: RunningCall): PooledKey | undefined {
  const { pool, bucket } = call.plan;
  const key = pool.select(call.draw, call.used);
  const isTokenNeeded = call.failures.at(-1)?.verdict.kind === 'transient' && !call.holdsToken;
  if (!key || !isTokenNeeded || !pool.budget || pool.budget.hasToken) return key;
  const isSafe = (other: PooledKey) =>
    other.isClear(bucket) && !call.used?.has(other) && pool.isUsable(other, call.draw);
  return isSafe(key) ? key : (pool.keys.find(isSafe) ?? key);
}

/**
 * How the call may use this key now; `undefined` if it has to wait.
 *
 * After a failure that only concerns the last key, the call goes on. A transient failure can mean that the provider is down: then
 * the key must have worked since, or the call tries it for others (a scout), or takes a token of the retry budget.
 */
function admit(call: RunningCall, key: PooledKey): 'go' | 'scout' | undefined {
  const { pool, bucket } = call.plan;
  const { budget } = pool;
  const last = call.failures.at(-1);
  if (!budget || last?.verdict.kind !== 'transient') return 'go';
  if (key.isClear(bucket)) {
    const { provenSequence, scouts } = pool.traffic.of(key);
    if (provenSequence > last.sequence) return 'go';
    const isPaidFor = scouts < mostScouts && budget.lend(call);
    // Even without a token, one scout at a time tries a healthy key: a call must not end before it has tried them all.
    return isPaidFor || scouts === 0 ? 'scout' : undefined;
  }
  if (budget.lend(call)) return 'go';
  if (budget.mayComeBack) return undefined;
  throw call.exhaust(true);
}
