import { fs } from '../base/node-builtins.ts';

const debounceMs = 100;
const pollMs = 30_000;

/**
 * Calls `changed` after changes in a directory, once for those within 100 ms, and every 30 s in case one was missed. Returns the
 * function that ends it. Keeps no process alive.
 *
 * A directory and not a file is watched, because a mounted secret is replaced by a new link to a new file. `isRelevant` says which
 * files matter.
 */
export function watchDirectory(
  directory: string,
  changed: () => void,
  isRelevant: (file: string) => boolean = () => true,
): () => void {
  let debounce: NodeJS.Timeout | undefined;
  const poll = setInterval(changed, pollMs);
  poll.unref?.();
  const onEvent = (_type: string, file: string | null) => {
    if (debounce || (file !== null && !isRelevant(file))) return;
    debounce = setTimeout(() => {
      debounce = undefined;
      changed();
    }, debounceMs);
    debounce.unref?.();
  };
  const watcher = startWatch(directory, onEvent);
  return () => {
    clearTimeout(debounce);
    clearInterval(poll);
    watcher?.close();
  };
}

/** `undefined` for a directory that cannot be watched, such as one that does not exist yet. */
function startWatch(
  directory: string,
  onEvent: (type: string, file: string | null) => void,
): { close(): void } | undefined {
  try {
    const watcher = fs.watch(directory, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
