import type { KeyUiState } from '../protocol/key-row.ts';

/** Since when a key is in its state, and which operator caused it. */
export interface StateChange {
  readonly sinceMs: number;
  readonly actor?: string;
  /** When the state ends, if the status does not say it. */
  readonly untilMs?: number;
}

/** Remembers since when keys are in their states, as far as this process has seen it. */
export class StateChanges {
  readonly #changes = new Map<string, StateChange>();
  /** Key id → the states that events have announced since the last sample. */
  readonly #announced = new Map<string, Map<KeyUiState, StateChange>>();

  of(keyId: string): StateChange | undefined {
    return this.#changes.get(keyId);
  }

  /** Notes an event that puts a key into a state, unless something else keeps it in a worse one. */
  announce(keyId: string, state: KeyUiState, change: StateChange): void {
    const states = this.#announced.get(keyId) ?? new Map<KeyUiState, StateChange>();
    this.#announced.set(keyId, states.set(state, change));
  }

  /** Notes the state that a key has now. `changedAtMs` is used if no event has announced the state; `undefined` if the state is the same as before. */
  settle(keyId: string, state: KeyUiState, changedAtMs: number | undefined): void {
    const announced = this.#announced.get(keyId)?.get(state);
    if (announced) this.#changes.set(keyId, announced);
    else if (changedAtMs !== undefined) this.#changes.set(keyId, { sinceMs: changedAtMs });
  }

  /** Ends a sample: what was announced has become the state by now, or never will. */
  forgetAnnounced(): void {
    this.#announced.clear();
  }

  delete(keyId: string): void {
    this.#changes.delete(keyId);
  }
}
