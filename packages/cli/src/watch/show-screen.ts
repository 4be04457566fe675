import type { ReadStream } from 'node:tty';
import type { Project } from '../project/open-project.ts';
import type { ExitCode, Session } from '../session.ts';
import { drawWatch } from './draw-watch.ts';
import { EventFeed } from './event-feed.ts';

// The other screen, without a cursor, and without wrapping: a line that is too long must not push the others away.
const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l';
const home = '\u001B[H';
const clearToEndOfLine = '\u001B[K';
const clearBelow = '\u001B[J';
const everyMs = 1000;
/** A burst of events is one redraw. */
const soonMs = 50;
const ctrlC = '\u0003';

/** Shows the keys on the whole terminal until `q`, Ctrl-C or a signal, and leaves the terminal as it was. */
export async function showScreen({ io, output, texts }: Session, { managers }: Project): Promise<ExitCode> {
  const { stdout, signal } = io;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<ExitCode>();
  let soon: NodeJS.Timeout | undefined;
  const feed = new EventFeed(managers, () => (soon ??= setTimeout(draw, soonMs)));

  function draw(): void {
    clearTimeout(soon);
    soon = undefined;
    try {
      const { columns = 80, rows = 24 } = stdout;
      const paint = output.paint.bind(output);
      const view = {
        nowMs: Date.now(),
        statuses: managers.map((manager) => manager.status()),
        events: feed.latest(rows),
        texts,
      };
      const lines = drawWatch(view, { columns, rows, paint });
      stdout.write(home + lines.map((line) => line + clearToEndOfLine).join('\r\n') + clearBelow);
    } catch (error) {
      fail(error);
    }
  }

  function press(keys: unknown): void {
    if (String(keys).includes(ctrlC)) end(130);
    else if (/q/i.test(String(keys))) end(0);
  }

  const interrupt = () => end(130);
  const timer = setInterval(draw, everyMs);
  const release = readKeys(io.stdin as Partial<ReadStream> & typeof io.stdin, press);
  stdout.write(enter);
  stdout.on('resize', draw);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    draw();
    if (signal.aborted) return 130;
    return await ended;
  } finally {
    signal.removeEventListener('abort', interrupt);
    stdout.off('resize', draw);
    clearInterval(timer);
    clearTimeout(soon);
    feed.stop();
    release();
    stdout.write(leave);
  }
}

/** Reads single keys of a terminal. Returns the function that ends it. */
function readKeys(
  stdin: Partial<Pick<ReadStream, 'setRawMode' | 'isRaw'>> & Session['io']['stdin'],
  press: (keys: unknown) => void,
): () => void {
  if (stdin.isTTY !== true) return () => {};
  const wasRaw = stdin.isRaw ?? false;
  stdin.setRawMode?.(true);
  stdin.on('data', press);
  stdin.resume();
  return () => {
    stdin.off('data', press);
    stdin.setRawMode?.(wasRaw);
    // A terminal that is being read would keep the process alive.
    stdin.pause();
  };
}
