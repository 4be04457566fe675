import type { KeyManagerStatus } from '@api-key-fallback/core';
import type { Alert, Severity } from '../model/alert.ts';
import type { Finding, Rule, RuleContext } from '../rules/rule.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Moment } from './moment.ts';
import type { RuleRunner } from './rule-runner.ts';
import { TrackedAlert, type AlertView } from './tracked-alert.ts';

const outage = 'provider.exhausted';
/** An alert whose pool is gone, or not made yet, can be as wrong as before. */
const keepsUnwatchedMs = 900_000;
/** Of alerts whose rule only another process has. */
const timesOfOthers = { forMs: 0, keepFiringMs: 60_000 };

/** What a look at a pool needs besides its status. */
export interface LookContext extends RuleContext {
  readonly rules: readonly Rule[];
  readonly runner: RuleRunner;
  /** Whether an alert is over, and not worth another message yet. */
  readonly isSpent: (fingerprint: string) => boolean;
}

/** The alerts of one pool of keys. */
export class PoolAlerts {
  readonly #provider: string;
  readonly #pool: string;
  readonly #tracked = new Map<string, TrackedAlert>();

  constructor(provider: string, pool: string) {
    this.#provider = provider;
    this.#pool = pool;
  }

  get all(): readonly TrackedAlert[] {
    return [...this.#tracked.values()];
  }

  /** Looks at the status with all rules. Returns the severities of the alerts that have fired or were resolved. */
  look(status: KeyManagerStatus, context: LookContext, now: Moment): readonly Severity[] {
    // The rule that mutes others comes first.
    const changed = context.rules.flatMap((rule) => this.#lookWith(rule, status, context, now));
    const names = new Set<string>(context.rules.map(({ name }) => name));
    // Another process has rules that this one has not.
    const others = this.all.filter(({ alert }) => !names.has(alert.rule));
    changed.push(...others.filter((tracked) => tracked.miss({}, 0, timesOfOthers, now)));
    return this.#severitiesOf(changed);
  }

  /** Notes that no manager has this pool. Returns the severities of the alerts that were resolved. */
  unwatch(now: Moment): readonly Severity[] {
    return this.#severitiesOf(
      this.all.filter((tracked) => tracked.miss({}, tracked.isSent ? keepsUnwatchedMs : 0, timesOfOthers, now)),
    );
  }

  /** Takes over an alert that another process has sent. */
  adopt(alert: Alert, now: Moment): void {
    const tracked = this.#tracked.get(alert.fingerprint) ?? new TrackedAlert(alert, timesOfOthers, now);
    tracked.adopt(alert);
    this.#tracked.set(alert.fingerprint, tracked);
  }

  forget(fingerprint: string): void {
    this.#tracked.delete(fingerprint);
  }

  /** Keeps an alert whose end has not arrived, unless it has begun again. */
  takeBack(over: TrackedAlert, now: Moment): void {
    const { fingerprint } = over.alert;
    if (this.#tracked.has(fingerprint)) return;
    over.takeBack(now);
    this.#tracked.set(fingerprint, over);
  }

  /** Forgets the alerts that are over. */
  forgetOver(): void {
    for (const [fingerprint, { isOver }] of this.#tracked) if (isOver) this.#tracked.delete(fingerprint);
  }

  #lookWith(rule: Rule, status: KeyManagerStatus, context: LookContext, now: Moment): readonly TrackedAlert[] {
    const worse = rule.isMutedByOutage ? this.#outage() : undefined;
    for (const tracked of this.#ofRule(rule)) {
      tracked.mutedBy = worse?.isFiring === true ? worse.alert.rule : undefined;
      tracked.isHeld = worse !== undefined;
    }
    const findings = worse ? undefined : context.runner.run(rule, status, context);
    // What is muted, or cannot be judged, stays as it is.
    if (!findings) return [];
    const found = new Map(findings.map((finding) => [this.#fingerprintOf(rule, finding), finding]));
    for (const [fingerprint, finding] of found) {
      if (finding.keepsForMs !== undefined || context.isSpent(fingerprint) || this.#tracked.has(fingerprint)) continue;
      const view = viewOf(rule, status, finding, context);
      const alert: Alert = { ...view, fingerprint, state: 'firing', startsAtMs: now.epochMs };
      this.#tracked.set(fingerprint, new TrackedAlert(alert, rule, now));
    }
    return this.#ofRule(rule).filter((tracked) => {
      const finding = found.get(tracked.alert.fingerprint);
      if (finding && finding.keepsForMs === undefined) {
        return tracked.see(viewOf(rule, status, finding, context), finding, rule, now);
      }
      return tracked.miss(countsOf(context), finding?.keepsForMs ?? 0, rule, now);
    });
  }

  /** The alert that all keys are out, unless that may be over before it fires. */
  #outage(): TrackedAlert | undefined {
    const tracked = this.#tracked.get(fingerprintOf(outage, this.#provider, this.#pool));
    return tracked && (tracked.isFiring || tracked.isCertain) && !tracked.isResolved ? tracked : undefined;
  }

  #ofRule({ name }: Rule): readonly TrackedAlert[] {
    return this.all.filter(({ alert }) => alert.rule === name);
  }

  #fingerprintOf({ name }: Rule, { about }: Finding): string {
    return fingerprintOf(name, this.#provider, this.#pool, about);
  }

  #severitiesOf(changed: readonly TrackedAlert[]): readonly Severity[] {
    this.forgetOver();
    return changed.map(({ alert }) => alert.severity);
  }
}

function countsOf({ counts }: LookContext): Pick<Alert, 'usable' | 'total'> {
  return { usable: counts.working, total: counts.total };
}

function viewOf({ name, severity }: Rule, status: KeyManagerStatus, finding: Finding, context: LookContext): AlertView {
  const { provider, pool, displayName } = status;
  const { keys = [], backAtMs, values, message } = finding;
  return {
    rule: name,
    severity,
    provider,
    pool,
    displayName,
    keys,
    ...countsOf(context),
    ...(backAtMs === undefined ? {} : { backAtMs }),
    ...(values === undefined ? {} : { values }),
    ...(message === undefined ? {} : { message }),
  };
}
