import type { ClientError } from './client-errors.ts';
import { receivedAnswer, type HttpAnswer } from './http-answer.ts';

function failed(fields: object, options?: ErrorOptions): Error {
  return Object.assign(new Error('The request failed', options), fields);
}

/** Returns the error that an application makes of a response: its status, headers and body. */
export function plainError(answer: HttpAnswer): Error {
  const { status, headers, text, json } = receivedAnswer(answer);
  return failed({ status, headers: new Headers(headers), body: json ?? text });
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** https://github.com/grpc/grpc/blob/HEAD/doc/statuscodes.md */
const grpcCodes: Readonly<Record<number, readonly [code: number, name: string]>> = {
  400: [3, 'INVALID_ARGUMENT'],
  401: [16, 'UNAUTHENTICATED'],
  403: [7, 'PERMISSION_DENIED'],
  404: [5, 'NOT_FOUND'],
  429: [8, 'RESOURCE_EXHAUSTED'],
  500: [13, 'INTERNAL'],
  503: [14, 'UNAVAILABLE'],
  504: [4, 'DEADLINE_EXCEEDED'],
};

/** Returns the error of `@grpc/grpc-js` for a status that gRPC has too. */
function grpcErrors({ status, headers = {} }: HttpAnswer): readonly ClientError[] {
  const [code, name] = grpcCodes[status] ?? [];
  if (code === undefined || name === undefined) return [];
  const details = 'The call failed';
  const metadata = { get: (key: string) => [headers[key] ?? []].flat(), getMap: () => ({ ...headers }) };
  const error = Object.assign(new Error(`${code} ${name}: ${details}`), { code, details, metadata });
  const body = { error: { code: status, status: name, message: details } };
  return [{ name: 'in the error of @grpc/grpc-js', error, kept: { status, headers, body } }];
}

/** Returns the other forms in which an answer can reach an adapter: rare bodies, and errors around errors. */
export function answerForms(answer: HttpAnswer): readonly ClientError[] {
  const { status, headers, text, json } = receivedAnswer(answer);
  const plain = plainError(answer);
  const of = (body: unknown): Error => failed({ status, headers, body });
  const empty = { ...answer, body: '' };
  const html = '<!doctype html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>';
  const forms: readonly (readonly [name: string, error: Error, kept?: HttpAnswer])[] = [
    ['with the status as text', failed({ status: String(status), headers, body: json ?? text })],
    ['with the body as text', of(text)],
    ['with the body as an ArrayBuffer', of(bytesOf(text).buffer)],
    ['with the body as a Uint8Array', of(bytesOf(text))],
    ['with a body that could not be read', of(undefined), empty],
    ['with an empty object as the body', of({}), empty],
    ['with HTML of a proxy as the body', of(html), empty],
    ['as the cause of another error', failed({}, { cause: failed({}, { cause: plain }) })],
    ['in an AggregateError', new AggregateError([plain, plain], 'All promises were rejected')],
  ];
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  const array = isObject ? [['with the body in an array', of([json])] as const] : [];
  return [
    ...[...forms, ...array].map(([name, error, kept = answer]) => ({ name, error, kept })),
    ...grpcErrors(answer),
  ];
}
