import type { EventOrigin } from '../events/events.ts';
import type { Draw } from '../limits/draw.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { CallPlan } from './call-plan.ts';
import type { CallTimeouts } from './timeouts.ts';

/** A call in one of the pools that it has been in. */
interface Part {
  readonly plan: CallPlan;
  /** The same call in the pool before this one, whose keys are exhausted. */
  readonly before: Part | undefined;
}

/** The same, with what decides where it goes on. */
interface CallInPool extends Part {
  readonly before: CallInPool | undefined;
  readonly used: ReadonlySet<PooledKey> | undefined;
  readonly draw: Draw;
  readonly timeouts: CallTimeouts | undefined;
  readonly failures: readonly unknown[];
  readonly wait: { readonly totalMs: number };
}

/** The call in all pools that it has been in, the first one first. */
export function partsOf<Call extends { readonly before: Call | undefined }>(call: Call): readonly Call[] {
  return call.before ? [...partsOf(call.before), call] : [call];
}

/** The provider and pool that the call has named. */
export function homeOf({ before, plan }: Part): EventOrigin {
  return before ? homeOf(before) : plan.pool.origin;
}

/** Whether the call has been in its pool before. */
export function isBack({ before, plan }: Part): boolean {
  return before !== undefined && partsOf<Part>(before).some((part) => part.plan.pool.isSameAs(plan.pool));
}

/** Whether the call waits for a key of this pool to recover. In several pools it waits in the one to which it has just come back. */
export function waitsForRecovery(call: CallInPool): boolean {
  if (call.plan.settings.onExhausted === 'fail') return false;
  return isBack(call) ? call.failures.length === 0 : !call.before && !newPlanOf(call);
}

/** The plan for the next pool of the chain; `undefined` if there is none that the call has not been in. */
export function newPlanOf(call: CallInPool): CallPlan | undefined {
  const next = call.plan.fallback();
  // By name: a pool that was closed and made again is the same one.
  return next && partsOf<Part>(call).some(({ plan }) => plan.pool.isSameAs(next.pool)) ? undefined : next;
}

/** Whether a key of another pool can serve the call now. */
export function canGoOn(call: CallInPool): boolean {
  return isServedFurtherOn(call) || planServingAgain(call) !== undefined;
}

/** The plan of another pool that can serve a call again, which waits because it has been in all of them. */
function planServingAgain(call: CallInPool): CallPlan | undefined {
  const { settings, pool: own } = call.plan;
  if (settings.onExhausted === 'fail' || !call.before || newPlanOf(call)) return undefined;
  // Where others wait, it would have to wait too: two such pools would pass it back and forth.
  const serves = ({ pool, draw }: CallPlan) =>
    !pool.waiting.isForRoom && pool.select(draw, keysUsedIn(pool, call)) !== undefined;
  return partsOf<Part>(call)
    .map(({ plan }) => plan)
    .find((plan) => !plan.pool.isSameAs(own) && serves(plan));
}

/** Whether a key can serve the call now in a pool further down the chain. */
function isServedFurtherOn(call: CallInPool): boolean {
  const been = partsOf<Part>(call).map(({ plan }) => plan);
  for (let plan = newPlanOf(call); plan; plan = plan.fallback()) {
    const { pool, draw } = plan;
    if (been.some((earlier) => earlier.pool.isSameAs(pool))) return false;
    if (pool.select(draw, keysUsedIn(pool, call))) return true;
    been.push(plan);
  }
  return false;
}

/** The keys of a pool that the call has used up, in any pool that has them. */
export function keysUsedIn(pool: KeyPool, call: CallInPool): ReadonlySet<PooledKey> {
  const used = partsOf<CallInPool>(call).flatMap((part) => [...(part.used ?? [])]);
  return new Set(used.flatMap((key) => pool.find(key.reveal()) ?? []));
}

/**
 * The plan for the pool that comes next when the keys of this one are exhausted; `undefined` if the call ends. A call that waits comes
 * back to a pool with a key that it has not used up, or to the one whose first key recovers soonest.
 */
export function nextPlanOf(call: CallInPool): CallPlan | undefined {
  return newPlanOf(call) ?? planServingAgain(call) ?? planToComeBackTo(call);
}

function planToComeBackTo(call: CallInPool): CallPlan | undefined {
  const { onExhausted, maxWait } = call.plan.settings;
  const soonest = onExhausted === 'fail' || waitsForRecovery(call) ? undefined : soonestRecoveryOf(call);
  if (!soonest || call.wait.totalMs + Math.max(1, soonest.waitMs) > maxWait) return undefined;
  return call.timeouts?.endsWithin(soonest.waitMs) ? undefined : soonest.plan;
}

/** The first key that is available again, of all pools that the call has been in: its pool, and the time in ms until then. */
export function soonestRecoveryOf(
  call: Part & Pick<CallInPool, 'draw'>,
): { readonly plan: CallPlan; readonly waitMs: number } | undefined {
  const recoveries = partsOf<Part>(call).flatMap(({ plan }) => {
    const waitMs = plan.pool.soonestRecoveryMs(plan === call.plan ? call.draw : plan.draw);
    return waitMs === undefined ? [] : [{ plan, waitMs }];
  });
  return recoveries.toSorted((a, b) => a.waitMs - b.waitMs)[0];
}
