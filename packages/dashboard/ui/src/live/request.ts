import { actionHeader, type Problem } from '../../../src/protocol/actions.ts';

/** The answer of the server to a request. */
export type Reply<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'unreachable' };

/** Sends a request to a path below the dashboard, such as `api/v1/session`. Never throws. */
export async function request<Answer>(
  method: 'GET' | 'POST',
  path: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<Reply<Answer>> {
  const { headers, timeoutMs = 60_000 } = options;
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: { [actionHeader]: '1', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await bodyOf(response);
    if (response.ok) return { kind: 'answer', answer: body as Answer };
    return { kind: 'problem', problem: problemOf(response, body) };
  } catch {
    return { kind: 'unreachable' };
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A proxy may have answered instead, without a problem. */
function problemOf({ status, statusText }: Response, body: unknown): Problem {
  const known = typeof body === 'object' && body !== null && 'code' in body ? (body as Problem) : undefined;
  return known ?? { status, code: status === 401 ? 'unauthorized' : 'failed', title: statusText || String(status) };
}
