import type { Project } from '../project/open-project.ts';
import type { Session } from '../session.ts';
import { describeEvent } from './describe-event.ts';
import { EventFeed, type HeardEvent } from './event-feed.ts';

/** Writes a line for each event until a signal ends it: for logs and pipes. */
export async function writeEvents({ io, output, texts }: Session, { managers }: Project): Promise<void> {
  const words = texts.watch;
  const feed = new EventFeed(managers, write);

  function write(heard: HeardEvent): void {
    const at = new Date(heard.atMs).toISOString();
    if (output.isForPeople) return output.line(`${at} ${describeEvent(heard, words)}`);
    const { name, event, displayName } = heard;
    output.entries([{ at, name, displayName, ...event }]);
  }

  const keys = managers.reduce((sum, manager) => sum + manager.status().keys.length, 0);
  const isShared = managers.some(({ store }) => store !== undefined);
  if (!isShared) output.note(words.noStore, 'yellow');
  output.note(words.started(keys, new Set(managers.map(({ provider }) => provider)).size));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  // Listening does not keep the process alive.
  const timer = setInterval(() => {}, 2 ** 30);
  io.signal.addEventListener('abort', () => end(), { once: true });
  try {
    if (!io.signal.aborted) await ended;
  } finally {
    clearInterval(timer);
    feed.stop();
  }
}
