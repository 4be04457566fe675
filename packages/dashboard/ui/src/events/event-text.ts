import type { FeedEntry } from '../../../src/protocol/events-document.ts';
import { countdown, milliseconds } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { clockTime } from '../format/time.ts';
import { texts } from '../texts/texts.ts';

const hourMs = 3_600_000;

/** Says in one line what has happened, without the key and the provider. */
export function eventText(entry: FeedEntry): string {
  const { names } = texts.value.events;
  const text = names[`${entry.name}:${variantOf(entry)}`] ?? names[entry.name];
  return text === undefined ? entry.name : text(factsOf(entry));
}

/** Distinguishes events of one name that have different texts. */
function variantOf({ name, reason, action, outcome }: FeedEntry): string {
  if (name === 'key.disabled') return reason ?? '';
  return action ?? outcome ?? '';
}

function factsOf(entry: FeedEntry) {
  const { untilMs, retryAfterMs, latencyMs, attemptNumber, maxRetries } = entry;
  return {
    until: untilMs === undefined ? '' : clockTime(untilMs, untilMs - entry.atMs < hourMs),
    reason: reasonText(entry.reason ?? entry.verdict ?? ''),
    actor: isolated(entry.actor ?? ''),
    next: isolated(entry.next ?? ''),
    attempt: attemptNumber === undefined ? '' : `${attemptNumber}/${maxRetries ?? attemptNumber}`,
    limit: entry.limit ?? '',
    message: isolated(entry.message ?? ''),
    retryIn: retryAfterMs === undefined ? '' : countdown(retryAfterMs),
    latency: latencyMs === undefined ? '' : milliseconds(latencyMs),
    store: entry.store ?? '',
    source: isolated(entry.source ?? ''),
    channel: isolated(entry.channel ?? ''),
    added: entry.added ?? 0,
    removed: entry.removed ?? 0,
  };
}

/** Kinds of failures have names for people. The codes of providers stay as they are. */
function reasonText(reason: string): string {
  const { verdicts, events } = texts.value;
  const names: Readonly<Record<string, string>> = { ...verdicts, ...events.reasons };
  return names[reason] ?? isolated(reason);
}
