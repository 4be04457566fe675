/** An alert that fires, waits to fire, or is muted by a worse one. */
export interface AlertView {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly provider: string;
  readonly pool: string;
  readonly displayName: string;
  readonly startsAtMs: number;
  /** Up to eight labels of the keys concerned, and how many there are. */
  readonly keys: readonly string[];
  readonly keyCount: number;
  readonly backAtMs?: number;
  /** When a pending one fires if it lasts. */
  readonly firesAtMs?: number;
  /** The rule that mutes it. */
  readonly mutedBy?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** The text of a rule of the application. */
  readonly message?: string;
}

export interface AlertsDocument {
  readonly kind: 'alerts';
  /** Whether `createDashboard()` has the option `alerts`. */
  readonly isSetUp: boolean;
  readonly firing: readonly AlertView[];
  readonly pending: readonly AlertView[];
  readonly muted: readonly AlertView[];
  readonly rules: readonly {
    readonly name: string;
    readonly severity: 'critical' | 'warning' | 'info';
    readonly forMs: number;
    readonly isOn: boolean;
    readonly isBuiltIn: boolean;
    readonly options: Readonly<Record<string, number>>;
  }[];
  readonly channels: readonly {
    readonly channel: string;
    readonly state: 'working' | 'failing' | 'stopped';
    readonly waiting: number;
    readonly lost: number;
    /** The number of the try that is under way or waits, from 1 to 5. */
    readonly tries?: number;
    readonly lastDeliveredAtMs?: number;
    readonly lastDurationMs?: number;
    readonly lastError?: { readonly message: string; readonly atMs: number };
  }[];
  /** The last 20, the newest first. */
  readonly deliveries: readonly {
    readonly channel: string;
    readonly atMs: number;
    readonly durationMs: number;
    readonly tries: number;
    readonly isDelivered: boolean;
    readonly kind: string;
    readonly displayName: string;
    readonly error?: string;
  }[];
}
