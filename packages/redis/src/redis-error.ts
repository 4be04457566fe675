const maxTextLength = 120;
// The errors of sockets begin with a small letter or carry a code; what a server answers begins with its code word.
const answer = /^([A-Z]{2,})(?: |$)/;
const errorCode = /\b(?:E[A-Z_]{3,}|[A-Z]+_[A-Z_]+)\b/;

/** Why Redis could not do what it was asked for; never holds the options, the address or the password of a connection. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** The code word of the answer or of the failure, for example `OOM` or `ECONNREFUSED`. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The code word of an error that the server has answered with; `undefined` when the connection is to blame. */
export function answerCode(error: unknown): string | undefined {
  if (error instanceof RedisError || codeOf(error) !== undefined) return undefined;
  return answer.exec(textOf(error))?.[1];
}

/** An error that says in short what has gone wrong, from what a client library has thrown. */
export function toRedisError(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  const answered = answerCode(error);
  if (answered) {
    const text = textOf(error).replaceAll(/\s+/g, ' ').slice(0, maxTextLength);
    return new RedisError(`Redis answered: ${text}`, answered);
  }
  const code = codeOf(error) ?? errorCode.exec(textOf(error))?.[0];
  return code ? awayError(code) : new RedisError('Redis is away: the connection has ended', 'ECONNRESET');
}

/** Redis cannot be reached. */
export function awayError(code: string, text: string = code): RedisError {
  return new RedisError(`Redis is away: ${text}`, code);
}

/** The store has been closed. */
export function closedError(): RedisError {
  return new RedisError('The Redis store is closed', 'CLOSED');
}
