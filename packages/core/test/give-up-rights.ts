/**
 * Makes a process that was started by root one of a user without rights, for whom there are read-only directories.
 * It must have loaded its modules before: that user need not be able to enter the folders that they are in.
 */
export function giveUpRights(): void {
  if (process.getuid?.() !== 0) return;
  const nobody = 65534;
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
