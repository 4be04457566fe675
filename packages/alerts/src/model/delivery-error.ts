/** How to go on after a try that has failed. */
export interface DeliveryErrorOptions {
  /** The least time in ms before the next try, up to an hour; ignored unless finite and from 0. @default chosen by the delivery */
  readonly retryAfterMs?: number;
  /** Whether this notification cannot be delivered, so that it is not tried again. @default false */
  readonly isFinal?: boolean;
  /** Whether the channel can deliver nothing any more, so that nothing is sent through it. @default false */
  readonly stopsChannel?: boolean;
  readonly cause?: unknown;
}

/**
 * A channel throws it to say how to go on.
 *
 * @example
 * if (response.status === 410) throw new DeliveryError('The webhook is gone.', { isFinal: true, stopsChannel: true });
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly retryAfterMs: number | undefined;
  readonly isFinal: boolean;
  readonly stopsChannel: boolean;

  constructor(message: string, options: DeliveryErrorOptions = {}) {
    const { retryAfterMs, isFinal = false, stopsChannel = false, cause } = options;
    super(message, cause === undefined ? {} : { cause });
    this.retryAfterMs = retryAfterMs;
    this.isFinal = isFinal || stopsChannel;
    this.stopsChannel = stopsChannel;
  }
}
