import type { Severity } from '../model/alert.ts';
import { worstOf } from '../model/severity.ts';

const hourMs = 3_600_000;
const mostMessages = 5;

/**
 * Lets five messages of a group pass in an hour, and one more at the end of an outage. What changes after that is for a summary. Times are by the steady clock.
 */
export class HourlyLimit {
  #startMs = -Infinity;
  #sent = 0;
  readonly #criticalOnes = new Set<string>();
  #changes = 0;
  #worst: Severity = 'info';
  #hasPassed = false;

  /** The end of the hour, if it has had its messages and something has changed since then. */
  get summaryAtMs(): number | undefined {
    return this.#isSpent && this.#changes > 0 ? this.#startMs + hourMs : undefined;
  }

  /** The number of changes since the hour has had its messages. */
  get count(): number {
    return this.#changes;
  }

  /** The worst of them. */
  get severity(): Severity {
    return this.#worst;
  }

  get #isSpent(): boolean {
    return this.#sent >= mostMessages;
  }

  /** Whether messages have to wait for the summary. */
  isHolding(nowMs: number): boolean {
    return this.#isSpent && (nowMs < this.#startMs + hourMs || this.#changes > 0);
  }

  /** Whether the end of a critical alert may still pass, so that people know at once that they need not do more. */
  get letsEndPass(): boolean {
    return !this.#hasPassed;
  }

  /** Whether a critical alert was sent in this hour. */
  hasSent(fingerprint: string): boolean {
    return this.#criticalOnes.has(fingerprint);
  }

  /** Notes alerts that have fired or were resolved. */
  noteChanges(severities: readonly Severity[], nowMs: number): void {
    if (!this.isHolding(nowMs)) return;
    this.#changes += severities.length;
    this.#worst = worstOf([this.#worst, ...severities]);
  }

  /** Notes a message with these critical alerts, and all that has changed. */
  noteMessage(critical: readonly string[], nowMs: number): void {
    if (nowMs >= this.#startMs + hourMs) this.#reset(nowMs);
    this.#hasPassed = this.#isSpent;
    this.#sent++;
    this.#forgetChanges();
    for (const fingerprint of critical) this.#criticalOnes.add(fingerprint);
  }

  /** Notes that a message with these critical alerts has not arrived. */
  takeBack(critical: readonly string[]): void {
    this.#sent = Math.max(0, this.#sent - 1);
    for (const fingerprint of critical) this.#criticalOnes.delete(fingerprint);
  }

  /** Notes the summary, which ends the hour. */
  noteSummary(): void {
    this.#reset(-Infinity);
  }

  #reset(startMs: number): void {
    this.#startMs = startMs;
    this.#sent = 0;
    this.#hasPassed = false;
    this.#forgetChanges();
    this.#criticalOnes.clear();
  }

  #forgetChanges(): void {
    this.#changes = 0;
    this.#worst = 'info';
  }
}
