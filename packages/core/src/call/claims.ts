import type { Draw } from '../limits/draw.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { CallPlan } from './call-plan.ts';
import { ReservedRoom } from './reserved-room.ts';

/** What a call holds while others wait for it: the probe of a key that recovers, a scout, and room on a key with limits. */
export class Claims {
  readonly #plan: CallPlan;
  #releaseProbe: (() => void) | undefined;
  #scouted: PooledKey | undefined;
  #room: ReservedRoom | undefined;

  constructor(plan: CallPlan) {
    this.#plan = plan;
  }

  /** Reserves the probe of a key that is not clear. `false` if another call holds it. */
  probe(key: PooledKey): boolean {
    const { pool, bucket } = this.#plan;
    if (key.isClear(bucket) || this.#releaseProbe) return true;
    const now = pool.clock.now();
    const isGuess = key.isOutByGuess(bucket, now);
    this.#releaseProbe = isGuess ? key.health.permit.take(now) : key.startProbe(bucket, now);
    return this.#releaseProbe !== undefined || key.state(bucket, now) !== 'recovering';
  }

  /** Releases the probe, so that another call can take it. */
  endProbe(): void {
    if (!this.#releaseProbe) return;
    this.#releaseProbe();
    this.#releaseProbe = undefined;
    this.#plan.pool.waiting.wake();
  }

  /** Makes the next attempt on this key a scout: other calls wait for its outcome. */
  scout(key: PooledKey): void {
    this.#scouted = key;
    this.#plan.pool.traffic.of(key).scouts++;
  }

  /** Ends the wait of other calls for the scout. */
  endScouting(): void {
    const key = this.#scouted;
    if (!key) return;
    const { pool } = this.#plan;
    pool.traffic.of(key).scouts--;
    this.#scouted = undefined;
    pool.wake(key);
  }

  /** Takes room on a key with limits, for an attempt that does not begin at once. */
  reserve(key: PooledKey, draw: Draw): void {
    const { limits } = this.#plan.pool;
    this.unreserve();
    if (limits.isActive) this.#room = new ReservedRoom(key, limits.countsOf(key, draw), draw);
  }

  /** Ends the reservation, because the attempt begins and is counted. */
  unreserve(): void {
    this.#room?.end();
    this.#room = undefined;
  }

  /** Gives up the room, so that other calls can take it. */
  giveUpRoom(): void {
    const key = this.#room?.key;
    this.unreserve();
    if (key) this.#plan.pool.wake(key);
  }

  /** What an attempt that takes `draw` still has to find room for on this key. */
  drawOn(key: PooledKey, draw: Draw): Draw {
    return this.#room?.drawOn(key) ?? draw;
  }

  /** Releases everything. */
  end(): void {
    this.giveUpRoom();
    this.endScouting();
    this.endProbe();
  }
}
