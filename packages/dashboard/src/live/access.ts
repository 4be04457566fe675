/** Who sends a request, and what they may do. */
export interface Access {
  /** The name under which actions are recorded. */
  readonly actor: string;
  readonly isReadOnly: boolean;
  readonly canSignOut: boolean;
  /** When it ends, in ms since the epoch; absent if it does not end by itself. */
  readonly expiresAtMs?: number;
  /** Whether the application still lets the visitor in; absent if only the time counts. */
  readonly isStillAllowed?: () => Promise<boolean>;
}
