/** Builds the body of an Anthropic error response: https://platform.claude.com/docs/en/api/errors */
export function anthropicErrorBody(type: string, message: string, errorCode?: string): object {
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } };
  return { type: 'error', error: { type, message, ...details }, request_id: 'req_1' };
}
