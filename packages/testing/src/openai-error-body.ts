import type { RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json' };

/** The wrapper OpenAI puts around every error. */
export function openaiErrorBody(
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
): object {
  return { error: { message, type, param, code } };
}

/** An answer that was seen in public, unless its entry says otherwise. The arguments after the status are those of the body. */
export function refusal(
  status: number,
  ...body: Parameters<typeof openaiErrorBody>
): Pick<RecordedResponseEntry, 'status' | 'headers' | 'body' | 'evidence'> {
  return { status, headers: json, body: openaiErrorBody(...body), evidence: 'observed' };
}
