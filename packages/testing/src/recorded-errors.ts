import type { VerdictKind } from '@api-key-fallback/core';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';

type VerdictOf<Kind extends VerdictKind> = Extract<ErrorVerdict, { readonly kind: Kind }>;

/** An error of a provider's client, and the verdict that the adapter must return for it. */
export interface RecordedError<Kind extends VerdictKind = VerdictKind> {
  /** A unique name for the test report, for example the provider's code. */
  readonly name: string;
  /** The error, or a function that returns it, throws it or rejects with it, for example a request of the real client. */
  readonly error: unknown;
  /** The `operation` of the failed call. @default none */
  readonly operation?: string;
  /** Expected fields of the verdict besides `kind`; `undefined` for a field that must be absent. Other fields are not compared. */
  readonly expected?: { readonly [Field in keyof VerdictOf<Kind>]?: VerdictOf<Kind>[Field] | undefined };
}

/** Recorded errors by kind of verdict, at least one for each. */
export type RecordedErrors = {
  readonly [Kind in VerdictKind]: readonly [RecordedError<Kind>, ...RecordedError<Kind>[]];
};
