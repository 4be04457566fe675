import { hostname } from 'node:os';
import { fs } from '../base/node-builtins.ts';
import { readField } from '../base/read-field.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A file without a sign of life for this time counts as orphaned if its process runs on another host, and so cannot be checked. */
const silentMs = dayMs;
/** A file that this version cannot read is kept for a newer version, for this time. */
const abandonedMs = 30 * dayMs;

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** The start time of a process, in the system's own unit; empty on systems without `/proc`. */
function startTimeOf(pid: number): string {
  const line = orEmpty(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (readField(error, 'code') === 'ESRCH') return false;
  }
  // The system may have reused the pid for another process.
  const actualStart = startTimeOf(pid);
  return start === '' || actualStart === '' || actualStart === start;
}

/** Includes the pid namespace: containers can share a host name without seeing each other's processes. */
function hostName(): string {
  const namespace = orEmpty(() => fs.readlinkSync('/proc/self/ns/pid')).replaceAll(/\D/g, '');
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${name.slice(0, 40)}-${namespace}`;
}

function bootId(): string {
  return orEmpty(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) || 'unknown';
}

/** A unique part of a file name that identifies the process that writes the file. */
export function newOwner(): string {
  return [hostName(), bootId(), process.pid, startTimeOf(process.pid), crypto.randomUUID().slice(0, 8)].join('.');
}

/** Whether the process that writes a file has ended. For another host, this depends only on the age of the file. */
export function isOwnerGone(owner: string, modifiedMs: number): boolean {
  const [host, boot, pid, start = ''] = owner.split('.');
  // Handed over by its owner. No host has this name, because `hostName()` contains a hyphen.
  if (host === 'closed') return true;
  if (host !== hostName()) return isSilent(modifiedMs);
  return boot !== bootId() || !isRunning(Number(pid), start);
}

/** Whether the owner of a file runs on another host, and has not closed the file. */
export function isOfOtherHost(owner: string): boolean {
  const [host] = owner.split('.');
  return host !== 'closed' && host !== hostName();
}

/** Whether a process with this last sign of life counts as ended for other hosts. Processes show one each hour. */
export function isSilent(aliveAtMs: number): boolean {
  return Date.now() - aliveAtMs > silentMs;
}

/** Whether a file is so old that its content no longer matters. */
export function isAbandoned(modifiedMs: number): boolean {
  return Date.now() - modifiedMs > abandonedMs;
}
