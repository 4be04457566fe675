import type { SentRecord } from './sender.ts';

const mostRecords = 100;

/** Alerts that are over and are not sent again before a time in ms since the epoch. */
export class SpentAlerts {
  readonly #untilMs = new Map<string, number>();

  has(fingerprint: string, epochMs: number): boolean {
    return (this.#untilMs.get(fingerprint) ?? -Infinity) > epochMs;
  }

  add(fingerprint: string, untilMs: number): void {
    this.#untilMs.set(fingerprint, untilMs);
  }

  /** Forgets those whose time is over. */
  forgetOld(epochMs: number): void {
    for (const fingerprint of this.#untilMs.keys()) {
      if (!this.has(fingerprint, epochMs)) this.#untilMs.delete(fingerprint);
    }
  }

  /** What another process needs to know of them. */
  toRecords(): readonly SentRecord[] {
    return [...this.#untilMs].slice(-mostRecords).map(([fingerprint, untilMs]) => spentRecord(fingerprint, untilMs));
  }
}

/** The record of what is not sent again until a time. */
export function spentRecord(fingerprint: string, untilMs: number): SentRecord {
  return { fingerprint, state: 'resolved', atMs: untilMs, reminders: 0, untilMs };
}
