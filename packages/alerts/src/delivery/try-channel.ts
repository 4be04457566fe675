import type { Runtime } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import type { Channel } from '../model/channel.ts';
import type { Notification } from '../model/notification.ts';
import { failureLine } from './failure-line.ts';

const limitMs = 15_000;

/** Why a try has failed, and how to go on. */
export interface Failure {
  /** One line without keys and URLs. */
  readonly message: string;
  readonly retryAfterMs: number | undefined;
  readonly isFinal: boolean;
  readonly stopsChannel: boolean;
}

/** Sends a notification once, within 15 s or until the signal aborts. Resolves to the failure, if it is one. Never rejects. */
export async function tryChannel(
  channel: Channel,
  notification: Notification,
  runtime: Pick<Runtime, 'timer'>,
  ended: AbortSignal,
): Promise<Failure | undefined> {
  if (ended.aborted) return failureOf(ended.reason);
  const controller = new AbortController();
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const abort = (reason: unknown) => {
    controller.abort(reason);
    reject(reason as Error);
  };
  const end = () => abort(ended.reason);
  const cancel = runtime.timer(limitMs, () => abort(new Error(`No answer within ${limitMs / 1000} s.`)), true);
  ended.addEventListener('abort', end, { once: true });
  try {
    // A channel of the application can ignore the signal.
    await Promise.race([send(channel, notification, controller.signal), tooLate]);
    return undefined;
  } catch (error) {
    return failureOf(error);
  } finally {
    cancel();
    ended.removeEventListener('abort', end);
  }
}

async function send(channel: Channel, notification: Notification, signal: AbortSignal): Promise<void> {
  await channel.send(notification, { signal });
}

/** Not by the class, because another copy of this package may have made a DeliveryError. */
function failureOf(error: unknown): Failure {
  const retryAfterMs = readField(error, 'retryAfterMs');
  const stopsChannel = readField(error, 'stopsChannel') === true;
  return {
    message: failureLine(error),
    retryAfterMs: isPause(retryAfterMs) ? retryAfterMs : undefined,
    isFinal: stopsChannel || readField(error, 'isFinal') === true,
    stopsChannel,
  };
}

/** A header that could not be read is NaN, and a pause of NaN would last for ever. */
function isPause(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0 && ms < Infinity;
}
