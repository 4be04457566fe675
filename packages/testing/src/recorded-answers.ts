import type { VerdictKind } from '@api-key-fallback/core';
import type { HttpAnswer } from './http-answer.ts';
import type { RecordedError } from './recorded-errors.ts';

/** An HTTP response of the provider, and the verdict that the adapter must return for it, whichever client throws. */
export interface RecordedAnswer<Kind extends VerdictKind = VerdictKind>
  extends HttpAnswer, Pick<RecordedError<Kind>, 'name' | 'operation' | 'expected'> {}

/** Recorded responses by kind of verdict. */
export type RecordedAnswers = { readonly [Kind in VerdictKind]?: readonly RecordedAnswer<Kind>[] };
