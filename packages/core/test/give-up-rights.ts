/**
 * Drops the root rights of this process, because root can write to read-only directories. Load all modules first: the new
 * user may lack access to their directories.
 */
export function giveUpRights(): void {
  if (process.getuid?.() !== 0) return;
  const unprivilegedId = 65534;
  process.setgroups?.([]);
  process.setgid?.(unprivilegedId);
  process.setuid?.(unprivilegedId);
}
