import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel';
import type { AttemptEnd, CallEnd, CallTracer, TracedAttempt, TracedCall } from './call-tracer.ts';

const calls = tracingChannel('api-key-fallback.call');
const attempts = tracingChannel('api-key-fallback.attempt');

/** What a channel publishes. Not frozen, because subscribers keep what belongs to it, such as a span, on it. */
interface Message {
  end: CallEnd | AttemptEnd | undefined;
  error?: Error;
}

/** Whether anything subscribes to a channel. */
export function isChannelWatched(): boolean {
  return calls.hasSubscribers || attempts.hasSubscribers;
}

/** Publishes calls and attempts on the tracing channels `api-key-fallback.call` and `api-key-fallback.attempt` of `node:diagnostics_channel`. */
export const channelTracer: CallTracer = {
  traceCall: (call, run) => publish(calls, call, run),
  traceAttempt: (attempt, run) => publish(attempts, attempt, run),
};

function publish(
  { start, end: returned, asyncStart, asyncEnd, error }: TracingChannel,
  about: TracedCall | TracedAttempt,
  run: () => Promise<unknown>,
): unknown {
  const message: Message = { ...about, end: undefined };
  about.onEnd((end: CallEnd | AttemptEnd) => {
    message.end = end;
    if (end.outcome === 'error' || end.outcome === 'exhausted') {
      // The error itself can hold the key, for example in the headers of its request.
      message.error = Object.assign(new Error(end.message), { code: end.errorType });
      error.publish(message);
    }
    asyncStart.publish(message);
    asyncEnd.publish(message);
  });
  return start.runStores(message, () => {
    const running = run();
    returned.publish(message);
    return running;
  });
}
