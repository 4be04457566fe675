import { AllKeysFailedError } from '@api-key-fallback/core';
import { NoPromptError } from './prompt-of.ts';

/** What a route answers when a call has failed before the first byte. */
export interface Refusal {
  readonly status: 400 | 502 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string };
}

/** Shows nothing of the provider's message, which is for the log and not for the browser. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof NoPromptError) return { status: 400, headers: {}, body: { error: error.message } };
  // LangChain and the OpenAI client wrap the error of a keyed fetch.
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!AllKeysFailedError.isInstance(cause)) continue;
    const { reason, retryAfterMs } = cause;
    // Absent when waiting does not help: every key is invalid, for example.
    const headers = retryAfterMs === undefined ? {} : { 'retry-after': `${Math.ceil(retryAfterMs / 1000)}` };
    return { status: 503, headers, body: { error: reason } };
  }
  return { status: 502, headers: {}, body: { error: 'The provider did not answer this prompt.' } };
}
