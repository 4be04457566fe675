import {
  health,
  type ApiKeyManager,
  type DayBudget,
  type KeyManagerStatus,
  type NextKey,
  type ProviderHealth,
} from '@api-key-fallback/core';

/** How long a status is reused, so that several views share it. */
const freshForMs = 100;
/** With more keys than this, values that depend on all of them are read once a second. */
const manyKeys = 500;
const manyFreshForMs = 1000;

const cannotBeUsed: ReadonlySet<string> = new Set(['limited', 'cooling', 'disabled']);

/** Whether a call can use a key of `status().next` now. */
export function canBeUsed({ reason }: Pick<NextKey, 'reason'>): boolean {
  return !cannotBeUsed.has(reason);
}

/** The status of a key manager, read as rarely as its views allow. */
export class PoolStatus {
  readonly #manager: ApiKeyManager;
  #status: KeyManagerStatus | undefined;
  #readAtMs = -Infinity;
  /** When the values below were last dropped. */
  #forgottenAtMs = -Infinity;
  #health: ProviderHealth | undefined;
  #next: readonly NextKey[] | undefined;
  #budget: readonly DayBudget[] | undefined;
  /** Whether equally good keys were always in list order: then the first of them stays first. */
  #isInOrder = true;

  constructor(manager: ApiKeyManager) {
    this.#manager = manager;
  }

  /** Makes the next `renew()` read the status. */
  forget(): void {
    this.#readAtMs = this.#forgottenAtMs = -Infinity;
  }

  /** Reads the status, unless it was just read. Returns whether it was read. @throws what the manager throws */
  renew(nowMs: number): boolean {
    if (isWithin(nowMs, this.#readAtMs, freshForMs)) return false;
    this.#readAtMs = -Infinity;
    this.#status = this.#manager.status();
    this.#readAtMs = nowMs;
    const hasMany = this.#status.keys.length > manyKeys;
    if (hasMany && isWithin(nowMs, this.#forgottenAtMs, manyFreshForMs)) return true;
    this.#health = this.#next = this.#budget = undefined;
    this.#forgottenAtMs = nowMs;
    return true;
  }

  /** As of the last `renew()`. */
  get now(): KeyManagerStatus {
    return (this.#status ??= this.#manager.status());
  }

  get health(): ProviderHealth {
    this.#health ??= health({ managers: [this.#manager] }).providers[0];
    if (!this.#health) throw new TypeError('health() has left out the manager.');
    return this.#health;
  }

  /** The order of the next call. */
  get next(): readonly NextKey[] {
    if (!this.#next) {
      this.#next = this.now.next;
      this.#isInOrder &&= areInListOrder(this.#next);
    }
    return this.#next;
  }

  get budget(): readonly DayBudget[] {
    return (this.#budget ??= this.now.day.budget);
  }

  /** The id of the key that the next calls take; absent if each call takes another one, or none can be used. */
  get firstKeyId(): string | undefined {
    const [first] = this.next;
    if (!first || !canBeUsed(first)) return undefined;
    return this.#isInOrder || first.reason === 'preferred' ? first.keyId : undefined;
  }
}

/** False after the clock was set back, too. */
function isWithin(nowMs: number, fromMs: number, forMs: number): boolean {
  return nowMs >= fromMs && nowMs - fromMs < forMs;
}

/** A strategy that takes turns shows in the order of equally good keys. The status does not name it. */
function areInListOrder(next: readonly NextKey[]): boolean {
  const ready = next.filter(({ reason }) => reason === 'ready');
  return ready.every(({ ordinal }, index) => ordinal > (ready[index - 1]?.ordinal ?? 0));
}
