import { signal, type ReadonlySignal } from '@preact/signals';
import { act } from '../actions/act.ts';
import { milliseconds } from '../format/duration.ts';
import { notify } from '../parts/notice.tsx';
import { serverTime } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

const names = signal<ReadonlySet<string>>(new Set());

/** The channels whose test is on its way. */
export const testing: ReadonlySignal<ReadonlySet<string>> = names;

/** Sends a test through a channel, and shows whether it was delivered. */
export async function sendTest(channel: string): Promise<void> {
  const startedAtMs = serverTime();
  names.value = new Set([...names.value, channel]);
  const error = await errorOfTest(channel);
  names.value = new Set([...names.value].filter((name) => name !== channel));
  const { testDelivered, testFailed } = texts.value.alerts;
  if (error !== undefined) return notify(testFailed(channel, error), 'suspect');
  notify(testDelivered(channel, milliseconds(serverTime() - startedAtMs)));
}

/** `undefined` if it was delivered. */
async function errorOfTest(channel: string): Promise<string | undefined> {
  const reply = await act(`api/v1/alerts/channels/${encodeURIComponent(channel)}/test`);
  if ('failure' in reply) return reply.failure;
  const { result } = reply;
  return result.action === 'test-channel' && !result.isDelivered ? (result.error ?? '') : undefined;
}
