import { parseJson } from '../base/parse-json.ts';
import { readField } from '../base/read-field.ts';
import { maxText } from '../base/redaction.ts';

// Where clients keep the body of a response, parsed or as text.
const bodyPaths: readonly (readonly string[])[] = [
  ['body'], // undici, and errors made by hand
  ['responseBody'], // AI SDK
  ['response', 'data'], // axios, Google's clients
  ['response', 'body'], // got, superagent
  ['response', 'text'], // superagent, for a body that is not JSON
  ['data'], // ky, ofetch
  ['error'], // Anthropic, and OpenAI (the `error` object of the body)
];

/** Returns the response body that an error carries: parsed JSON, else its text; `undefined` if there is none. */
export function bodyOf(error: unknown): unknown {
  for (const path of bodyPaths) {
    const body = parseBody(readField(error, ...path));
    if (body !== undefined) return body;
  }
  return undefined;
}

/** Returns the JSON in the message of an error: clients put the status before the body, and `@google/genai` has it nowhere else. */
export function bodyInMessage(error: unknown): unknown {
  return jsonIn(readField(error, 'message'));
}

function parseBody(value: unknown): unknown {
  if (typeof value === 'string') return parseText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return parseText(decode(value));
  // A stream cannot be read here, an error is a cause, and superagent has an empty object for a body that is not JSON.
  const isOther = ['getReader', 'pipe', 'stack'].some((name) => readField(value, name) !== undefined);
  return isOther || isEmpty(value) ? undefined : value;
}

function isEmpty(body: object): boolean {
  if (Array.isArray(body)) return body.length === 0;
  // Most bodies have one of these, and to list the fields of a large one takes time.
  const hasUsual = ['error', 'message', 'code', 'detail'].some((name) => readField(body, name) !== undefined);
  return !hasUsual && Object.keys(body).length === 0;
}

function decode(bytes: ArrayBuffer | ArrayBufferView): string {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(bytes)
    ? bytes
    : { buffer: bytes, byteOffset: 0, byteLength: bytes.byteLength };
  return new TextDecoder().decode(new Uint8Array(buffer, byteOffset, Math.min(byteLength, maxText)));
}

function parseText(text: string): unknown {
  const trimmed = text.slice(0, maxText).trim();
  if (trimmed === '') return undefined;
  // Also without a JSON content type. A proxy's HTML page says nothing about the key.
  if (trimmed.startsWith('<')) return undefined;
  return parseDetail(trimmed) ?? trimmed;
}

/** Only of what can describe an error: a number or a word in a body says nothing more as JSON. */
function parseDetail(text: string): unknown {
  return /^[[{"]/.test(text) ? parseJson(text) : undefined;
}

function jsonIn(message: unknown): unknown {
  if (typeof message !== 'string' || message.length > maxText) return undefined;
  const start = message.slice(0, 80).search(/[[{]/);
  return start === -1 ? undefined : parseDetail(message.slice(start).trim());
}

/**
 * Returns the object in a body that describes the error, whatever its shape: `{ error: {…} }`, `{ error: 'text' }`, `[{ error }]`,
 * `{ errors: [{…}] }`, `{ detail }`, a bare object or a text.
 */
export function detailOf(body: unknown): unknown {
  if (typeof body === 'string') return { message: body };
  if (Array.isArray(body)) return detailOf(body[0]);
  const inner = readField(body, 'error') ?? undefined;
  // Not copied, because that would call the accessors of a foreign object.
  if (typeof inner === 'string')
    return hasOwnText(body) ? body : Object.create(body as object, { message: { value: inner } });
  if (Array.isArray(inner)) return detailOf(inner[0]);
  // `@google/genai` quotes the JSON of a failed stream in the message of another one.
  if (typeof inner === 'object') return readField(jsonIn(readField(inner, 'message')), 'error') ?? inner;
  const hasText = ['message', 'messages', 'msg', 'code'].some((name) => readField(body, name) !== undefined);
  if (hasText) return body;
  const [first] = [readField(body, 'errors', 0), readField(body, 'detail', 0), readField(body, 'detail')].filter(
    (part) => typeof part === 'object' && part !== null,
  );
  return first ?? body;
}

/** Beside a text, `error` is a name: `{ error: 'Forbidden', message: 'You are not subscribed to this API.' }`. */
function hasOwnText(body: unknown): boolean {
  return ['message', 'messages', 'error_description'].some((name) => {
    const text = readField(body, name);
    return typeof text === 'string' && text !== '';
  });
}
