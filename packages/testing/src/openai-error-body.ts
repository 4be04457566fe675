import type { RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json' };

/** Builds the body of an OpenAI error response. */
export function openaiErrorBody(
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
): object {
  return { error: { message, type, param, code } };
}

/** Builds an entry for an error that was observed in public; an entry can override `evidence`. `body` takes the arguments of {@link openaiErrorBody}. */
export function refusal(
  status: number,
  ...body: Parameters<typeof openaiErrorBody>
): Pick<RecordedResponseEntry, 'status' | 'headers' | 'body' | 'evidence'> {
  return { status, headers: json, body: openaiErrorBody(...body), evidence: 'observed' };
}
