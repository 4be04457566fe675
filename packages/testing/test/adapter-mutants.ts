import {
  readField,
  type ErrorVerdict,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import { clientFor, soundAdapter, type SoundClient } from './sound-adapter.ts';

/** A correct adapter or store with one fault. */
export interface Mutant {
  readonly name: string;
  /** The checks that must fail; all others must pass. */
  readonly fails: readonly string[];
}

interface AdapterMutant extends Mutant {
  readonly adapter: ProviderAdapter<SoundClient>;
}

function classifying(
  change: (error: unknown, verdict: ErrorVerdict | undefined) => ErrorVerdict | undefined,
): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    classifyError: (error, context) => change(error, soundAdapter.classifyError(error, context)),
  };
}

function connecting(createClient: (secret: string, url: string) => SoundClient): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    createClient: (secret, options) => createClient(secret, String(readField(options, 'url'))),
  };
}

function probing(
  probe: (ask: () => Promise<ProbeResult>, context: ProbeContext) => Promise<ProbeResult>,
): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    async probe(secret, context) {
      const ask = () => soundAdapter.probe?.(secret, context) ?? Promise.reject(new Error('The adapter has no probe.'));
      return probe(ask, context);
    },
  };
}

const otherClients = 'gets the same verdict for a recorded error, whichever client throws it';
const inErrorOf = (client: string): string => `in the error of ${client}`;
const sameVerdict = (form: string): string => `gets the same verdict ${form}`;
const seenErrors = new WeakSet<Error>();
let lastKey = '';
let tokensSoFar = 0;

/** The costliest mistakes of an adapter: a crash, a disabled key, a leak, a wrong key, repeated requests, a false check. */
export const adapterMutants: readonly AdapterMutant[] = [
  {
    name: 'throws for values it cannot read',
    adapter: classifying((error, verdict) => ((error as { status: unknown }).status === 0 ? undefined : verdict)),
    fails: ['undefined', 'null', 'an object whose getters throw', 'a proxy that allows nothing', 'a revoked proxy'].map(
      (value) => `does not throw for ${value}`,
    ),
  },
  {
    name: 'classifies a rate limit as an invalid key',
    adapter: classifying((_, verdict) =>
      verdict?.kind === 'rate-limited' ? { kind: 'invalid-key', reason: verdict.reason } : verdict,
    ),
    fails: ['classifies too many as rate-limited', 'is rate-limited'],
  },
  {
    name: 'reads the status in one place only',
    adapter: classifying((error, verdict) => (typeof readField(error, 'status') === 'number' ? verdict : undefined)),
    // For both recorded responses.
    fails: [[otherClients], []].flatMap((first) => [
      ...first,
      ...['ai (APICallError)', 'ai (RetryError)', 'undici', 'got', 'ky', 'the AWS SDK'].map(inErrorOf).map(sameVerdict),
      ...['with the status as text', 'as the cause of another error', 'in an AggregateError'].map(sameVerdict),
      sameVerdict(inErrorOf('@grpc/grpc-js')),
    ]),
  },
  {
    name: 'uses the message, which may contain a key, as the reason',
    adapter: classifying((error, verdict) => {
      const message = readField(error, 'message');
      if (verdict?.kind !== 'invalid-key' || typeof message !== 'string') return verdict;
      return { ...verdict, reason: message.replaceAll(/\W+/g, '_').slice(0, 64) };
    }),
    fails: ['returns no verdict that contains the key or message of an error', otherClients],
  },
  {
    name: 'remembers errors it has classified',
    adapter: classifying((error, verdict) => {
      if (!verdict || !(error instanceof Error)) return verdict;
      if (seenErrors.has(error)) return undefined;
      seenErrors.add(error);
      return verdict;
    }),
    fails: ['returns the same verdict every time, in any order'],
  },
  {
    name: 'creates clients that share the last key',
    adapter: connecting((secret, url) => {
      lastKey = secret;
      return clientFor(() => lastKey, url);
    }),
    fails: [
      'sends its own key, and no other',
      ...[401, 403, 408, 409, 429, 500, 503].map(
        (status) => `sends one request, with its own key each time, when the status is ${status}`,
      ),
    ],
  },
  {
    name: 'creates clients with their own retries',
    adapter: connecting((secret, url) => {
      const ask = clientFor(() => secret, url);
      return () =>
        ask().catch((error: unknown) => (readField(error, 'status') === 429 ? ask() : Promise.reject(error)));
    }),
    fails: ['sends one request, with its own key each time, when the status is 429'],
  },
  {
    name: 'leaves the key of the caller in a request',
    adapter: {
      ...soundAdapter,
      authorize: (request, secret) => {
        request.headers.append('x-api-key', secret);
        return request;
      },
    },
    fails: ['replaces an existing key'],
  },
  {
    name: 'trusts the tokens of an answer',
    adapter: {
      ...soundAdapter,
      usageOf(answer) {
        const tokens = readField(answer, 'used', 'tokens');
        return { tokens: typeof tokens === 'number' ? tokens : 0 };
      },
    },
    fails: [
      'reads the tokens of an answer without tokens',
      'returns valid tokens or undefined for any value, and does not throw',
      'returns undefined for a value that states no tokens',
    ],
  },
  {
    name: 'adds up the tokens of answers',
    adapter: {
      ...soundAdapter,
      usageOf(answer) {
        const usage = soundAdapter.usageOf?.(answer);
        if (!usage) return undefined;
        tokensSoFar += usage.tokens ?? 0;
        return { tokens: tokensSoFar };
      },
    },
    fails: ['reads the tokens of an answer, again', 'keeps no state between answers'],
  },
  {
    name: 'takes any response to a probe for a working key',
    adapter: probing(async (ask) => {
      await ask();
      return { outcome: 'working' };
    }),
    fails: [
      'refuses a key that the provider refuses as invalid',
      'is inconclusive when the provider or the network fails',
    ],
  },
  {
    name: 'repeats a probe that fails',
    adapter: probing(async (ask) => {
      const result = await ask();
      return result.outcome === 'inconclusive' ? ask() : result;
    }),
    fails: ['sends one request, with the given key and no other, through the given fetch'],
  },
  {
    name: 'does not expect a probe to fail',
    adapter: probing(async (_ask, { fetch, clientOptions }) => {
      const authorization = 'Bearer conformance-key-1-0123456789';
      const response = await fetch(String(readField(clientOptions, 'url')), { headers: { authorization } });
      return response.ok
        ? { outcome: 'working' }
        : { outcome: 'refused', verdict: { kind: 'invalid-key', reason: 'refused' } };
    }),
    fails: [
      'sends one request, with the given key and no other, through the given fetch',
      'is inconclusive when the provider or the network fails',
      'ends when its signal aborts',
      'returns a valid result for any response and failure, and never rejects',
      'reads or cancels the body of the response',
    ],
  },
];
