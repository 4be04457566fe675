import { readField, type ProbeResult, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it, vi } from 'vitest';
import { keysIn } from './describe-adapter-authorize.ts';
import { environmentKey, withKeyInEnvironment } from './describe-adapter-clients.ts';
import { probeMistakesIn } from './probe-mistakes.ts';
import { recordingFetch, trackedResponse, type Respond } from './recording-fetch.ts';
import { headersThatShowKey, showsKey, shownKey, thrownValues } from './thrown-values.ts';
import { withFix } from './with-fix.ts';

/** What the checks of `probe` need besides the adapter. */
interface ProbeCheckOptions {
  readonly now: number;
  readonly clientOptions?: ((url: string) => object) | undefined;
  /** The recorded errors of invalid keys. */
  readonly invalidKeyErrors: () => Promise<readonly unknown[]>;
}

const ownKeys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
const address = 'http://conformance.invalid';
const statuses = [200, 201, 204, 301, 304, 400, 401, 402, 403, 404, 408, 413, 429, 500, 503];
const bodies = ['', '{}', 'null', '[]', '"text"', '7', '<html></html>', '{"error":', '{"error":null}', '{"error":"x"}'];
const networkFailure = new TypeError('fetch failed', {
  cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
});

/** A response like the one behind an error of a client; `undefined` if the error does not show its status. */
function responseBehind(error: unknown): { readonly status: number; readonly data: unknown } | undefined {
  const found = [readField(error, 'status'), readField(error, 'response', 'status')];
  const status = found.find((value): value is number => typeof value === 'number' && value >= 400 && value < 600);
  if (status === undefined) return undefined;
  const own = readField(error, 'error');
  const data = readField(error, 'response', 'data') ?? readField(error, 'body') ?? (own ? { error: own } : {});
  return { status, data };
}

/** Never responds, but ends when the signal of its request aborts. */
const hang: Respond = ({ signal }) =>
  new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

/** Declares the checks of `probe`. */
export function describeAdapterProbe(
  adapter: ProviderAdapter,
  { now, clientOptions, invalidKeyErrors }: ProbeCheckOptions,
): void {
  async function probe(respond: Respond, secret: string = ownKeys[0], signal = new AbortController().signal) {
    const { fetch, requests } = recordingFetch(respond);
    const options = clientOptions ? { clientOptions: clientOptions(address) } : {};
    const result = await adapter.probe?.(secret, { signal, fetch, now: () => now, ...options });
    return { result, requests };
  }

  async function outcomeOf(respond: Respond): Promise<ProbeResult['outcome'] | undefined> {
    return (await probe(respond)).result?.outcome;
  }

  describe.runIf('probe' in adapter)('probe', () => {
    it(
      'sends one request, with the given key and no other, through the given fetch',
      withFix('Send one request with context.fetch and the given secret, and do not repeat it.', async () => {
        const elsewhere = vi.spyOn(globalThis, 'fetch').mockRejectedValue(networkFailure);
        try {
          await withKeyInEnvironment(adapter.env, async () => {
            for (const key of ownKeys) {
              for (const status of [200, 401, 429, 500]) {
                const { requests } = await probe(() => new Response('{}', { status }), key);
                const keys = requests.map((request) => keysIn(request, [...ownKeys, environmentKey]));
                expect(keys, `keys in the requests when the status is ${status}`).toEqual([[key]]);
              }
            }
          });
          expect(elsewhere, 'the global fetch').not.toHaveBeenCalled();
        } finally {
          elsewhere.mockRestore();
        }
      }),
    );

    it.runIf(clientOptions)(
      'sends the request to the server that clientOptions name',
      withFix('Read the address from context.clientOptions, as createClient does.', async () => {
        const { requests } = await probe(() => new Response('{}'));
        expect(requests.map(({ url }) => new URL(url).origin)).toEqual([address]);
      }),
    );

    it(
      'says that a key works when the status is 200',
      withFix('Return { outcome: "working" } for a response with status 200.', async () => {
        expect(await outcomeOf(() => new Response('{}'))).toBe('working');
      }),
    );

    it(
      'refuses a key that the provider refuses as invalid',
      withFix('Judge an error response by classifyError, or use probeRequest().', async () => {
        for (const error of await invalidKeyErrors()) {
          const { status, data } = responseBehind(error) ?? {};
          if (status === undefined) continue;
          const headers = { 'content-type': 'application/json' };
          const response = { status, headers: new Headers(headers), data };
          const rebuilt = { status, headers: response.headers, body: data, error: readField(data, 'error'), response };
          const { result } = await probe(() => Response.json(data, { status, headers }));
          expect(result?.outcome, 'The outcome for an invalid key').not.toBe('working');
          // The response alone may not be enough for the adapter.
          if (adapter.classifyError(rebuilt, { now })?.kind !== 'invalid-key') continue;
          expect(result).toMatchObject({ outcome: 'refused', verdict: { kind: 'invalid-key' } });
        }
      }),
    );

    it(
      'is inconclusive when the provider or the network fails',
      withFix(
        'Return { outcome: "inconclusive", reason } for a status from 500 and for an error of fetch.',
        async () => {
          for (const status of [500, 502, 503, 504]) {
            expect(await outcomeOf(() => new Response('{}', { status })), `status ${status}`).toBe('inconclusive');
          }
          expect(await outcomeOf(() => Promise.reject(networkFailure)), 'a network failure').toBe('inconclusive');
        },
      ),
    );

    it(
      'ends when its signal aborts',
      withFix('Pass context.signal to the request.', async () => {
        const controller = new AbortController();
        let hasEnded = false;
        const end = () => void (hasEnded = true);
        void probe(hang, ownKeys[0], controller.signal).then(end, end);
        controller.abort(new DOMException('Timed out', 'TimeoutError'));
        await vi.waitFor(() => expect(hasEnded, 'The probe has ended').toBe(true));
      }),
    );

    it(
      'returns a valid result for any response and failure, and never rejects',
      withFix('Catch every error, and return { outcome: "inconclusive", reason } with a short code.', async () => {
        const responses = statuses.flatMap((status) =>
          bodies.map((body) => [`${status} with ${body || 'no body'}`, () => trackedResponse(status, body)] as const),
        );
        const failures = thrownValues.map(
          ({ name, value }) => [`a failure with ${name}`, () => Promise.reject(value as Error)] as const,
        );
        const broken = statuses.map((status) => [`${status}, cut`, () => trackedResponse(status, undefined)] as const);
        const mistakes: string[] = [];
        for (const [name, respond] of [...responses, ...broken, ...failures]) {
          const found = await probe(respond).then(
            ({ result }) => probeMistakesIn(result, now),
            () => ['it must not reject'],
          );
          mistakes.push(...found.map((mistake) => `${name}: ${mistake}`));
        }
        expect(mistakes).toEqual([]);
      }),
    );

    it(
      'reads or cancels the body of the response',
      withFix('Read the body, or call response.body?.cancel(): an open body keeps its connection.', async () => {
        for (const status of [200, 301, 401, 500]) {
          const response = trackedResponse(status, '{}');
          await probe(() => response);
          expect(response.isOpen(), `The body is open when the status is ${status}`).toBe(false);
        }
      }),
    );

    it(
      'does not put a key into its result',
      withFix('Return short codes as reasons, and check the form of groups and names.', async () => {
        const message = `Incorrect API key provided: ${shownKey}`;
        const body = { message, error: { message, code: shownKey, type: shownKey } };
        for (const status of [200, 400, 401, 403, 429, 500]) {
          const { result } = await probe(() => Response.json(body, { status, headers: headersThatShowKey }));
          expect(showsKey(JSON.stringify(result)), `Status ${status} shows the key of the response`).toBe(false);
          expect(JSON.stringify(result), 'The result shows the given key').not.toContain(ownKeys[0]);
        }
      }),
    );
  });
}
