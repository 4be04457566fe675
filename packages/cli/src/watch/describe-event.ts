import { readField } from '@api-key-fallback/core/adapter';
import type { WatchTexts } from '../texts/english/watch.ts';
import type { HeardEvent } from './event-feed.ts';

/** Returns what an event says, without its time: `OpenAI OPENAI_API_KEY_2: cooling until 12:30:00 (rate-limited)`. */
export function describeEvent({ name, event, displayName, label }: HeardEvent, texts: WatchTexts): string {
  const text = (field: string): string => {
    const value = readField(event, field);
    return typeof value === 'string' ? value : '';
  };
  const count = (field: string): number => {
    const list = readField(event, field);
    return Array.isArray(list) ? list.length : 0;
  };
  const untilMs = readField(event, 'untilMs');
  const reason = text('reason');
  const words = {
    until: typeof untilMs === 'number' ? timeOfDay(untilMs) : '',
    reason: (texts.reasons as Readonly<Record<string, string>>)[reason] ?? reason,
    actor: text('actor'),
    place: text('store') || text('source'),
    message: text('message'),
    added: count('added'),
    removed: count('removed'),
  };
  const bucket = text('bucket');
  const whose = [displayName, label ?? '', bucket === '' || bucket === 'unspecified' ? '' : bucket];
  return `${whose.filter((part) => part !== '').join(' ')}: ${texts.events[name]?.(words) ?? name}`;
}

/** The time of day in the zone of this machine: `12:30:00`. */
export function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
