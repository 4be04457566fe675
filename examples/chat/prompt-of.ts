/** The request has no prompt. */
export class NoPromptError extends Error {
  override readonly name = 'NoPromptError';
  /** Fastify and Express answer with it when a route throws this error. */
  readonly statusCode = 400;
}

/**
 * Returns the prompt of a request's body, which can be anything that the browser sends.
 *
 * @throws NoPromptError before any key is used.
 */
export function promptOf(body: unknown): string {
  const prompt = typeof body === 'object' && body !== null && 'prompt' in body ? body.prompt : undefined;
  if (typeof prompt !== 'string' || prompt.trim() === '') throw new NoPromptError('Send {"prompt":"…"} as JSON.');
  return prompt;
}
