import {
  readField,
  headersOf,
  readHeader,
  type ErrorVerdict,
  type HeadersLike,
  type VerdictKind,
} from '@api-key-fallback/core';
import type { BrokenAdapter } from './broken-adapter.ts';
import { brokenAuthorizes } from './broken-adapters-authorize.ts';
import { brokenClients } from './broken-adapters-clients.ts';
import { soundAdapter, soundErrors } from './sound-adapter.ts';

const isSane = 'gives verdicts of known fields with sane values';
const isDiscreet = 'shows neither the key nor the message of an error';
const isStateless = 'gives the same verdict again, in any order';
const isTimeless = 'takes the time from its context, not from the clock';
const isHarmless = 'leaves every error as it was, and judges a frozen one';
const hidesKey = 'names a group or nothing, and never a key';
const unreadable = ['an object whose getters throw', 'a proxy that allows nothing', 'a revoked proxy'];

function survives(...values: readonly string[]): string[] {
  return values.map((value) => `does not throw for ${value}`);
}

function classifying(change: (error: unknown, verdict: ErrorVerdict | undefined) => unknown): typeof soundAdapter {
  const classifyError = (error: unknown) =>
    change(error, soundAdapter.classifyError(error, { now: 0 })) as ErrorVerdict;
  return { ...soundAdapter, classifyError };
}

/** Changes the verdicts of one kind. */
function changing(kind: VerdictKind, change: (error: unknown) => object): typeof soundAdapter {
  return classifying((error, verdict) => (verdict?.kind === kind ? { ...verdict, ...change(error) } : verdict));
}

/** The organisation in a header, for a source of any sort. */
function organizationOf(source: unknown): string | undefined {
  return readHeader(headersOf(source), 'openai-organization') || undefined;
}

/** A limit named after the policy of the IETF's draft. */
function policyIn(headers: HeadersLike): string {
  return /"(.+?)"/.exec(readHeader(headers, 'ratelimit') ?? '')?.[1] ?? 'requests';
}

// Where a recursion would overflow the stack differs between versions of Node, so the end of it is played.
function depthOf(error: unknown): number {
  let depth = 0;
  for (let cause = readField(error, 'cause'); cause !== undefined; cause = readField(cause, 'cause')) {
    if (++depth > 10_000) throw new RangeError('Maximum call stack size exceeded');
  }
  return depth;
}

function messageOf(error: unknown): string {
  const message = readField(error, 'message');
  return typeof message === 'string' ? message : '';
}

const judged = new WeakSet();

export const brokenAdapters: readonly BrokenAdapter[] = [
  {
    name: 'reads a field of nothing',
    adapter: classifying((error, verdict) => ((error as { status: unknown }).status === 0 ? undefined : verdict)),
    fails: survives('undefined', 'null', ...unreadable),
  },
  {
    name: 'follows causes without end',
    adapter: classifying((error, verdict) => (depthOf(error) < 0 ? undefined : verdict)),
    fails: survives(
      'an object that contains itself',
      'an object that contains itself in every field',
      'an object that contains itself behind a status',
    ),
  },
  {
    name: 'takes a rate limit for a dead key',
    adapter: classifying((_, verdict) =>
      verdict?.kind === 'rate-limited' ? { kind: 'invalid-key', reason: verdict.reason } : verdict,
    ),
    fails: ['judges too many as rate-limited'],
  },
  {
    name: 'invents a wait',
    adapter: changing('transient', () => ({ retryAfterMs: 1000 })),
    fails: ['judges unavailable as transient'],
  },
  {
    name: 'gives a wait that is no number',
    adapter: changing('quota-exhausted', () => ({ recheckAfterMs: Number.NaN })),
    fails: [isSane],
  },
  {
    name: 'gives a reset in seconds',
    adapter: changing('quota-exhausted', () => ({ resetsAtMs: 1_800_000_000 })),
    fails: [isSane],
  },
  {
    name: 'gives a field that the kind does not have',
    adapter: changing('invalid-key', () => ({ retryAfterMs: 1000 })),
    fails: [isSane],
  },
  {
    name: 'gives the message as reason',
    adapter: changing('caller-error', (error) => ({ reason: messageOf(error) })),
    fails: [isSane, isDiscreet],
  },
  {
    name: 'makes a code of the message',
    adapter: changing('invalid-key', (error) => ({ reason: messageOf(error).replaceAll(/\W+/g, '_').slice(0, 64) })),
    fails: [isDiscreet],
  },
  {
    name: 'takes a bucket from the message',
    adapter: changing('rate-limited', (error) => ({
      bucket: /^Rate limit reached for (\S+) in/.exec(messageOf(error))?.[1] ?? 'all',
    })),
    fails: [isDiscreet],
  },
  {
    name: 'takes the group of a verdict from a header',
    adapter: changing('rate-limited', (error) => ({ scope: 'group', group: organizationOf(error) ?? 'none' })),
    fails: [isDiscreet],
  },
  {
    name: 'takes the group of a verdict from a consumer',
    adapter: changing('invalid-key', (error) => {
      const consumer = String(readField(error, 'error', 'details', '0', 'metadata', 'consumer'));
      return { group: consumer.startsWith('projects/') ? consumer : 'none' };
    }),
    fails: [isDiscreet],
  },
  {
    name: 'remembers what it judged',
    adapter: classifying((error, verdict) => {
      if (!verdict || !(error instanceof Error)) return verdict;
      if (judged.has(error)) return undefined;
      judged.add(error);
      return verdict;
    }),
    fails: [isStateless],
  },
  {
    name: 'draws lots',
    adapter: changing('quota-exhausted', () => ({ recheckAfterMs: Math.random() * 1000 })),
    fails: [isStateless, isTimeless],
  },
  {
    name: 'looks at the clock',
    adapter: changing('quota-exhausted', () => ({ recheckAfterMs: Math.floor(Date.now() / 1_800_000) })),
    fails: [isTimeless],
  },
  {
    name: 'marks the error',
    adapter: classifying((error, verdict) => {
      if (verdict?.kind === 'caller-error') Object.assign(error as object, { isJudged: true });
      return verdict;
    }),
    fails: [isHarmless],
  },
  {
    name: 'counts in a detail of the error',
    adapter: classifying((error, verdict) => {
      const detail = readField(error, 'detail') as { attempts: number } | undefined;
      if (detail) detail.attempts += 1;
      return verdict;
    }),
    fails: [isHarmless],
  },
  {
    name: 'promises its verdict',
    adapter: classifying(async (_, verdict) => verdict),
    fails: [
      'judges unavailable as transient',
      'judges too many as rate-limited',
      'judges no credit as quota-exhausted',
      'judges wrong key as invalid-key',
      'judges bad request as caller-error',
      isSane,
    ],
  },
  { name: 'has an impossible variable', adapter: { ...soundAdapter, env: 'SOUND KEY' }, fails: ['has valid names'] },
  { name: 'has a blank display name', adapter: { ...soundAdapter, displayName: ' ' }, fails: ['has valid names'] },
  {
    name: 'has a key pattern with a memory',
    adapter: { ...soundAdapter, keyPattern: /^sound-/g },
    fails: ['has a key pattern that remembers nothing'],
  },
  {
    name: 'expects a Headers object',
    adapter: { ...soundAdapter, readLimits: (headers) => ((headers as Headers).get('x') === 'y' ? [] : []) },
    fails: ['reads sane limits from any headers', 'names no limit and no bucket after a key'],
  },
  {
    name: 'reads a limit that is no number',
    adapter: {
      ...soundAdapter,
      readLimits: (headers) => [{ name: 'requests', remaining: Number(readHeader(headers, 'x-ratelimit-remaining')) }],
    },
    fails: ['reads sane limits from any headers'],
  },
  {
    name: 'makes a group of the message',
    adapter: { ...soundAdapter, groupOf: (source) => (source instanceof Error ? messageOf(source) : undefined) },
    fails: [hidesKey],
  },
  { name: 'makes a group of a header', adapter: { ...soundAdapter, groupOf: organizationOf }, fails: [hidesKey] },
  {
    name: 'names a limit after a header',
    adapter: { ...soundAdapter, readLimits: (headers) => [{ name: policyIn(headers), remaining: 0 }] },
    fails: ['names no limit and no bucket after a key'],
  },
  {
    name: 'names the bucket of a limit after a header',
    adapter: {
      ...soundAdapter,
      readLimits: (headers) => [{ name: 'requests', remaining: 0, bucket: policyIn(headers) }],
    },
    fails: ['names no limit and no bucket after a key'],
  },
  {
    name: 'names no bucket of a limit',
    adapter: { ...soundAdapter, readLimits: () => [{ name: 'requests', remaining: 0, bucket: '' }] },
    fails: ['reads sane limits from any headers'],
  },
  {
    name: 'knows some buckets only',
    adapter: { ...soundAdapter, bucketOf: (operation) => ({ list: 'reads' })[operation as 'list'] },
    fails: ['names the same bucket for the same operation, whatever it is called'],
  },
  ...brokenClients,
  ...brokenAuthorizes,
  {
    name: 'is shown no error of one kind',
    adapter: soundAdapter,
    recorded: { ...soundErrors(), 'caller-error': [] as never },
    fails: ['is shown an error for every kind of verdict'],
  },
];
