import type { Problem } from '../protocol/actions.ts';

/** Ends a request with a problem. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.title);
    this.problem = problem;
    this.headers = headers;
  }

  toResponse(): Response {
    const headers = { 'content-type': 'application/problem+json', ...this.headers };
    return new Response(JSON.stringify(this.problem), { status: this.problem.status, headers });
  }
}

export function notFound(title: string): ProblemError {
  return new ProblemError({ status: 404, code: 'not-found', title });
}

export function forbidden(title: string): ProblemError {
  return new ProblemError({ status: 403, code: 'forbidden-origin', title });
}

export function closed(): ProblemError {
  return new ProblemError({ status: 503, code: 'closed', title: 'The dashboard is closed.' });
}

/** The text of an unexpected error stays in the log, because it can be about anything. */
export function failed(): ProblemError {
  return new ProblemError({ status: 500, code: 'failed', title: 'The request has failed. See the log of the server.' });
}
