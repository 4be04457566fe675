import { clientErrors } from './client-errors.ts';

/** A value that code can throw. */
export interface ThrownValue {
  readonly name: string;
  readonly value: unknown;
}

const fields = [
  'status',
  'statusCode',
  'code',
  'type',
  'name',
  'message',
  'headers',
  'error',
  'errors',
  'cause',
  'response',
  'body',
  'data',
  'details',
  'config',
  'constructor',
];

function refuse(): never {
  throw new Error('This cannot be read.');
}

function everyField(descriptor: PropertyDescriptor): object {
  const described = fields.map((name) => [name, { configurable: true, enumerable: true, ...descriptor }]);
  return Object.defineProperties({}, Object.fromEntries(described));
}

function nestedCauses(depth: number): Error {
  let error = new Error('The innermost error');
  for (let level = 0; level < depth; level++) error = new Error('An error with a cause', { cause: error });
  return error;
}

function cyclicError(): object {
  const error: Record<string, unknown> = { status: 429 };
  for (const name of ['headers', 'error', 'errors', 'cause', 'response', 'body', 'data', 'details'])
    error[name] = error;
  return error;
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const alone: readonly ThrownValue[] = [
  { name: 'undefined', value: undefined },
  { name: 'null', value: null },
  { name: 'an empty string', value: '' },
  { name: 'a string', value: '429 Too Many Requests' },
  { name: 'a string of 100,000 characters', value: 'try again in 1'.repeat(7200) },
  { name: 'a number', value: 429 },
  { name: 'NaN', value: Number.NaN },
  { name: 'a bigint', value: 429n },
  { name: 'a boolean', value: false },
  { name: 'a symbol', value: Symbol('error') },
  { name: 'a function', value: () => 'error' },
  { name: 'an empty array', value: [] },
  { name: 'an array', value: [429, 'error', null] },
  { name: 'an empty object', value: {} },
  { name: 'an object without a prototype', value: Object.assign(Object.create(null), { status: 429 }) },
  { name: 'a frozen error', value: Object.freeze(Object.assign(new Error('Frozen'), { status: 429 })) },
  { name: 'an object that contains itself', value: cyclicError() },
  { name: 'an error with 50 nested causes', value: nestedCauses(50) },
  { name: 'an AggregateError of anything', value: new AggregateError([undefined, null, 1, new Error('One')], 'Many') },
  { name: 'an object whose getters throw', value: everyField({ get: refuse }) },
  { name: 'a proxy that allows nothing', value: new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse }) },
  { name: 'a revoked proxy', value: revokedProxy() },
];

/** Values that `classifyError` must survive: each one alone, in every field of an object, and next to a status. */
export const thrownValues: readonly ThrownValue[] = [
  ...alone,
  ...alone.map(({ name, value }) => ({ name: `${name} in every field`, value: everyField({ value }) })),
  ...alone.map(({ name, value }) => ({
    name: `${name} behind a status`,
    value: Object.defineProperties(everyField({ value }), {
      status: { value: 429 },
      headers: { value: { get: refuse } },
    }),
  })),
];

/** A key in the form in which providers repeat it in responses. */
export const shownKey: string = 'sk-Conformance0123456789abcdef';

/** Whether a text contains the secret part of {@link shownKey}, in upper or lower case. */
export function showsKey(text: string): boolean {
  return text.toLowerCase().includes('conformance0123456789abcdef');
}

/** Headers with the key in place of every name, and with exhausted limits. */
export const headersThatShowKey: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'x-request-url': `https://127.0.0.1/?key=${shownKey}`,
  'openai-organization': shownKey,
  'anthropic-organization-id': shownKey,
  'x-ratelimit-limit-requests': '10',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '1s',
  'ratelimit-policy': `"${shownKey}";q=10;w=60`,
  ratelimit: `"${shownKey}";r=0;t=60`,
};

const textsThatShowKey = [
  { message: `Incorrect API key provided: ${shownKey}`, consumer: `api_key:${shownKey}` },
  {
    message: `Rate limit reached for ${shownKey} in organization org-1 on requests per min`,
    consumer: `projects/${shownKey}`,
  },
];

const statuses = [undefined, 400, 401, 402, 403, 404, 408, 413, 429, 500, 503];

/** Errors with the key in every text of the response, in the shape of each client, and errors whose whole message is the key. */
export const errorsThatShowKey: readonly unknown[] = statuses.flatMap((status) => [
  ...textsThatShowKey.flatMap(({ message, consumer }) => {
    const details = [{ reason: 'CONSUMER_SUSPENDED', metadata: { consumer } }];
    const body = { message, detail: message, code: null, errors: [{ message, reason: 'forbidden' }], details };
    const everywhere = Object.assign(new Error(message), {
      status,
      headers: headersThatShowKey,
      error: { ...body, error: body },
      response: { status, headers: {}, data: { ...body, error: body } },
      config: { url: `https://127.0.0.1/?key=${shownKey}`, headers: { authorization: `Bearer ${shownKey}` } },
    });
    const answer = { headers: headersThatShowKey, body: { error: { ...body, code: shownKey, type: shownKey } } };
    const ofClients = status === undefined ? [] : clientErrors({ status, ...answer });
    return [everywhere, ...ofClients.map(({ error }) => error)];
  }),
  Object.assign(new Error(shownKey), { status, error: { message: shownKey }, response: { status, data: shownKey } }),
]);
