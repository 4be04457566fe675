import { readField } from '@api-key-fallback/core/adapter';
import type { ClientMessage, Seen } from '../protocol/messages.ts';

/** A view can have three names of 128 characters and a search of 100, each of which becomes 9 in an address. */
const longestView = 5000;

/** Returns what a client has sent; `undefined` for anything that is not a message of the protocol. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  const message = parseJson(text);
  const type = readField(message, 'type');
  if (type === 'unsubscribe') return { type };
  const view = readField(message, 'view');
  if (type !== 'subscribe' || typeof view !== 'string' || view.length > longestView) return undefined;
  const seen = seenOf(message);
  return { type, view, ...(seen ? { seen } : {}) };
}

/** Reads `incarnation:sequence`, the id of an event. */
export function parseSeen(id: string): Seen | undefined {
  const [incarnation, sequence] = id.split(':');
  return seenOf({ seen: { incarnation, sequence: Number(sequence) } });
}

function seenOf(message: unknown): Seen | undefined {
  const incarnation = readField(message, 'seen', 'incarnation');
  const sequence = readField(message, 'seen', 'sequence');
  if (typeof incarnation !== 'string' || !Number.isSafeInteger(sequence)) return undefined;
  return { incarnation, sequence: sequence as number };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
