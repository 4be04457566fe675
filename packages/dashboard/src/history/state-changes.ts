import type { KeyUiState } from '../protocol/key-row.ts';

/** Since when a key is in its state, and who has put it there. */
export interface StateChange {
  readonly sinceMs: number;
  readonly actor?: string;
  /** When that ends, if the status does not say it. */
  readonly untilMs?: number;
}

/** Remembers since when keys are in their states, as far as this process has seen it. */
export class StateChanges {
  readonly #changes = new Map<string, StateChange>();
  /** Key id → the states that events have announced since the last look. */
  readonly #announced = new Map<string, Map<KeyUiState, StateChange>>();

  of(keyId: string): StateChange | undefined {
    return this.#changes.get(keyId);
  }

  /** Notes an event that puts a key into a state, unless something else keeps it in a worse one. */
  announce(keyId: string, state: KeyUiState, change: StateChange): void {
    const states = this.#announced.get(keyId) ?? new Map<KeyUiState, StateChange>();
    this.#announced.set(keyId, states.set(state, change));
  }

  /** Notes the state that a key has now. `changedAtMs` is when it has changed if no event says so; absent if it has not. */
  settle(keyId: string, state: KeyUiState, changedAtMs: number | undefined): void {
    const announced = this.#announced.get(keyId)?.get(state);
    if (announced) this.#changes.set(keyId, announced);
    else if (changedAtMs !== undefined) this.#changes.set(keyId, { sinceMs: changedAtMs });
  }

  /** Ends a look: what was announced has happened or not. */
  forgetAnnounced(): void {
    this.#announced.clear();
  }

  delete(keyId: string): void {
    this.#changes.delete(keyId);
  }
}
