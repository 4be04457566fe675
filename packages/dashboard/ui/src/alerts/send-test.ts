import { signal, type ReadonlySignal } from '@preact/signals';
import type { ActionResult } from '../../../src/protocol/actions.ts';
import { number } from '../format/number.ts';
import { request } from '../live/request.ts';
import { notify } from '../parts/notice.tsx';
import { serverTime } from '../state/clock.ts';
import { connection } from '../state/page.ts';
import { texts } from '../texts/texts.ts';

type TestResult = Extract<ActionResult, { readonly action: 'test-channel' }>;

const names = signal<ReadonlySet<string>>(new Set());

/** The channels whose test is on its way. */
export const testing: ReadonlySignal<ReadonlySet<string>> = names;

/** Sends a test through a channel, and shows what came of it. */
export async function sendTest(channel: string): Promise<void> {
  const startedAtMs = serverTime();
  names.value = new Set([...names.value, channel]);
  const error = await errorOfTest(channel);
  names.value = new Set([...names.value].filter((name) => name !== channel));
  const { testDelivered, testFailed } = texts.value.alerts;
  if (error !== undefined) return notify(testFailed(channel, error), 'suspect');
  notify(testDelivered(channel, `${number(Math.round(serverTime() - startedAtMs))} ms`));
}

/** `undefined` if it was delivered. */
async function errorOfTest(channel: string): Promise<string | undefined> {
  const reply = await request<TestResult>('POST', `api/v1/alerts/channels/${encodeURIComponent(channel)}/test`);
  if (reply.kind === 'answer') return reply.answer.isDelivered ? undefined : (reply.answer.error ?? '');
  if (reply.kind === 'problem' && reply.problem.status === 401) connection.value = { kind: 'signed-out' };
  return reply.kind === 'problem' ? reply.problem.title : texts.value.actions.unreachable;
}
