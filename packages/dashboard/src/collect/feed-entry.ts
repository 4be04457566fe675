import { redactKeys } from '@api-key-fallback/core/adapter';
import { defined } from '../protocol/defined.ts';
import type { FeedEntry } from '../protocol/events-document.ts';
import type { PoolName } from '../protocol/pool-head.ts';

/** The fields of an event, of unknown types. */
export type EventFields = Readonly<Record<string, unknown>>;

const texts = [
  'bucket',
  'reason',
  'verdict',
  'message',
  'outcome',
  'operation',
  'methodName',
  'actor',
  'action',
  'limit',
  'source',
  'store',
  'channel',
] as const satisfies readonly (keyof FeedEntry)[];
const numbers = [
  'untilMs',
  'retryAfterMs',
  'attemptNumber',
  'maxRetries',
  'durationMs',
  'latencyMs',
] as const satisfies readonly (keyof FeedEntry)[];
const longestText = 300;

const namesOfActions = new Set([
  'key.preferred',
  'key.preference-ended',
  'key.checked',
  'keys.changed',
  'alert.tested',
]);
const namesOfStores = new Set(['keys.refresh-failed', 'keys.refreshed']);

/** Makes the entry of an event. Copies only the fields that it knows, so that nothing else gets out of the process. */
export function feedEntryOf(
  name: string,
  fields: EventFields,
  { provider, pool, displayName }: PoolName,
): Omit<FeedEntry, 'sequence' | 'atMs'> {
  const key = fieldsOf(fields.key);
  const nextLabel = textOf(fieldsOf(fields.next).label);
  return {
    name,
    kind: kindOf(name, fields),
    provider,
    pool,
    displayName,
    ...defined({ keyId: textOf(key.keyId), ordinal: numberOf(key.ordinal), label: textOf(key.label), next: nextLabel }),
    ...defined(Object.fromEntries(texts.map((each) => [each, textOf(fields[each])]))),
    ...defined(Object.fromEntries(numbers.map((each) => [each, numberOf(fields[each])]))),
    ...defined({ added: lengthOf(fields.added), removed: lengthOf(fields.removed) }),
    ...(fields.isFromStore === true ? { isFromStore: true } : {}),
  };
}

function kindOf(name: string, { actor, reason }: EventFields): FeedEntry['kind'] {
  if (actor !== undefined || reason === 'operator' || namesOfActions.has(name)) return 'actions';
  if (name.startsWith('key.')) return 'health';
  return name.startsWith('store.') || namesOfStores.has(name) ? 'store' : 'calls';
}

function fieldsOf(value: unknown): EventFields {
  return typeof value === 'object' && value !== null ? (value as EventFields) : {};
}

/** Core has redacted its texts, but names that the application has chosen can contain a key. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? redactKeys(value).slice(0, longestText) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}
