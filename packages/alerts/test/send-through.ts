import type { Channel, DeliveryError, Notification } from '@api-key-fallback/alerts';
import { expect } from 'vitest';
import { sampleNotification } from './sample-notification.ts';

/** Sends a notification once. */
export async function sendThrough(channel: Channel, changes: Partial<Notification> = {}): Promise<void> {
  await channel.send(sampleNotification(changes), { signal: AbortSignal.timeout(20_000) });
}

/** Sends a notification that is not delivered, and returns why. */
export async function failureOf(channel: Channel): Promise<DeliveryError> {
  const error: unknown = await sendThrough(channel).then(
    () => expect.unreachable('it was expected to fail'),
    (reason: unknown) => reason,
  );
  return error as DeliveryError;
}
