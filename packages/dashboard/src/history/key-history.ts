import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { uiStateOf, type UiState } from './ui-state.ts';
import { keyStates, stateLetters, type KeyUiState, type LaneView } from '../protocol/key-row.ts';
import type { StateCounts } from '../protocol/pool-head.ts';
import { AttemptTotals } from './attempt-totals.ts';
import { codeOf, KeyLanes } from './key-lanes.ts';
import { outcomeCount, type Outcomes } from './outcomes.ts';
import type { AttemptCounts } from './pool-series.ts';
import { StateChanges, type StateChange } from './state-changes.ts';

/** What the keys of a pool are now, and were in the last 60 minutes. Keys are identified by their index in the list. */
export class KeyHistory {
  readonly #lanes = new KeyLanes();
  readonly #totals = new AttemptTotals();
  readonly #changes = new StateChanges();
  readonly #added: Outcomes = new Float64Array(outcomeCount);
  /** As of the last sample. A status stays the same object until something changes. */
  #keys: readonly (KeyStatus | undefined)[] = [];
  #states: UiState[] = [];
  #codes: Uint8Array = new Uint8Array();
  #isShared = false;
  #counts: StateCounts = countsOf([]);

  get counts(): StateCounts {
    return this.#counts;
  }

  /** The states of all keys, in list order. */
  get states(): readonly UiState[] {
    return this.#states;
  }

  /** Samples all keys. Returns how the attempts since the last sample ended, in total. */
  sample(status: KeyManagerStatus, nowMs: number): Outcomes {
    const { keys } = status;
    if (this.#hasOtherKeys(keys)) this.#replaceKeys(keys);
    const isShared = status.store !== undefined;
    const isCountedAlike = isShared === this.#isShared;
    this.#isShared = isShared;
    const sum: Outcomes = new Float64Array(outcomeCount);
    let hasChanged = false;
    for (const [index, key] of keys.entries()) {
      const before = this.#keys[index];
      if (key === before && isCountedAlike) continue;
      hasChanged = true;
      if (before && isCountedAlike) this.#count(index, key, sum);
      else this.#totals.begin(index, key, isShared);
      this.#noteState(index, key, nowMs);
    }
    this.#keys = keys;
    this.#changes.forgetAnnounced();
    this.#lanes.moveTo(nowMs, this.#codes);
    if (hasChanged) this.#counts = countsOf(this.#states);
    return sum;
  }

  /** Notes a change of a key that may be over before the next sample. */
  announce(ref: { readonly keyId: string; readonly ordinal: number }, state: KeyUiState, change: StateChange): void {
    this.#changes.announce(ref.keyId, state, change);
    const index = ref.ordinal - 1;
    if (this.#keys[index]?.keyId === ref.keyId) this.#lanes.mark(index, codeOf(state), change.sinceMs);
  }

  changeOf(keyId: string): StateChange | undefined {
    return this.#changes.of(keyId);
  }

  laneOf(index: number, nowMs: number): LaneView {
    return this.#lanes.view(index, nowMs);
  }

  /** The attempts of a key in the last 60 minutes. */
  attemptsOf(index: number, nowMs: number): AttemptCounts {
    return this.#lanes.sum(index, nowMs);
  }

  /** The letters of all keys, in list order. */
  letters(): string {
    return this.#states.map(({ state }) => stateLetters[state]).join('');
  }

  #count(index: number, key: KeyStatus, sum: Outcomes): void {
    const added = this.#added;
    this.#totals.take(index, key, this.#isShared, added);
    let attempts = 0;
    for (const [each, count] of added.entries()) {
      sum[each] = (sum[each] ?? 0) + count;
      attempts += count;
    }
    if (attempts > 0) this.#lanes.count(index, attempts, attempts - (added[0] ?? 0));
  }

  #noteState(index: number, key: KeyStatus, nowMs: number): void {
    const before = this.#states[index];
    const after = uiStateOf(key);
    const { state } = after;
    const hasChanged = before !== undefined && before.state !== state;
    this.#changes.settle(key.keyId, state, hasChanged ? endOf(before, nowMs) : undefined);
    const untilMs = this.#changes.of(key.keyId)?.untilMs;
    this.#states[index] = untilMs === undefined ? after : { untilMs, ...after };
    this.#codes[index] = codeOf(state);
  }

  #hasOtherKeys(keys: readonly KeyStatus[]): boolean {
    if (keys.length !== this.#keys.length) return true;
    return keys.some((key, index) => key !== this.#keys[index] && key.keyId !== this.#keys[index]?.keyId);
  }

  #replaceKeys(keys: readonly KeyStatus[]): void {
    const [keysBefore, statesBefore] = [this.#keys, this.#states];
    const indexBefore = new Map(keysBefore.map((key, index) => [key?.keyId, index]));
    const from = Int32Array.from(keys, ({ keyId }) => indexBefore.get(keyId) ?? -1);
    this.#lanes.replaceKeys(from);
    this.#totals.replaceKeys(from);
    const codes = this.#codes;
    this.#codes = Uint8Array.from(from, (before) => codes[before] ?? 0);
    this.#states = Array.from(from, (before) => statesBefore[before]) as UiState[];
    this.#keys = Array.from(from, (before) => keysBefore[before]);
    const listed = new Set(keys.map(({ keyId }) => keyId));
    for (const key of keysBefore) if (key && !listed.has(key.keyId)) this.#changes.delete(key.keyId);
  }
}

/** When a state ended without an event: at its stated end, or now if that is unknown. */
function endOf({ untilMs }: UiState, nowMs: number): number {
  return untilMs !== undefined && untilMs < nowMs ? untilMs : nowMs;
}

function countsOf(states: readonly UiState[]): StateCounts {
  const counts = Object.fromEntries(keyStates.map((state) => [state, 0])) as Record<KeyUiState, number>;
  for (const { state } of states) counts[state]++;
  return counts;
}
