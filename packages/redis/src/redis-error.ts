const maxTextLength = 120;
// Socket errors begin with a lower-case letter or have a `code`. A server's answer begins with its code word.
const answer = /^([A-Z]{2,})(?: |$)/;
const errorCode = /\b(?:E[A-Z_]{3,}|[A-Z]+_[A-Z_]+)\b/;

/** The error of a failed store operation. It never contains the options, address or password of a connection. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** The code word of the server's answer or of the connection failure, for example `OOM` or `ECONNREFUSED`. */
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

/** The code word of a server's error answer; `undefined` when the connection has failed. */
export function answerCode(error: unknown): string | undefined {
  if (error instanceof RedisError || codeOf(error) !== undefined) return undefined;
  return answer.exec(textOf(error))?.[1];
}

/** Converts an error of a client library to a short `RedisError`. */
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

/** The error when Redis cannot be reached. */
export function awayError(code: string, text: string = code): RedisError {
  return new RedisError(`Redis is away: ${text}`, code);
}

/** The error when the store has been closed. */
export function closedError(): RedisError {
  return new RedisError('The Redis store is closed', 'CLOSED');
}
