import type { VerdictKind } from '@api-key-fallback/core';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';

type VerdictOf<Kind extends VerdictKind> = Extract<ErrorVerdict, { readonly kind: Kind }>;

/** An error that a provider's client threw, and what an adapter must conclude from it. */
export interface RecordedError<Kind extends VerdictKind = VerdictKind> {
  /** Unique among the recorded errors, for example the provider's code. */
  readonly name: string;
  /** The error, or a function that returns it or fails with it, for example a request of the real client. */
  readonly error: unknown;
  /** The `operation` of the call that failed. */
  readonly operation?: string;
  /** Fields of the verdict beside its kind; `undefined` for one that must be absent. Others are not compared. */
  readonly expected?: { readonly [Field in keyof VerdictOf<Kind>]?: VerdictOf<Kind>[Field] | undefined };
}

/** At least one recorded error for every kind of verdict. */
export type RecordedErrors = {
  readonly [Kind in VerdictKind]: readonly [RecordedError<Kind>, ...RecordedError<Kind>[]];
};
