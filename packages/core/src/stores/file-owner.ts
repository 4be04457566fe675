import { hostname } from 'node:os';
import { fs } from '../base/node-builtins.ts';
import { readField } from '../base/read-field.ts';

/** After this long without a sign of life, nobody is taken to be at work on another host. */
const abandonedMs = 30 * 24 * 60 * 60 * 1000;

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** When a process started, in the system's own unit; empty where that is not told. */
function startOf(pid: number): string {
  const line = orEmpty(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (readField(error, 'code') === 'ESRCH') return false;
  }
  // The pid of a process that is gone may be given to another one.
  const startOfPid = startOf(pid);
  return start === '' || startOfPid === '' || startOfPid === start;
}

/** Containers may have one host name and still not see each other's processes. */
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

/** A part of a file's name that says who writes it, and is never used twice. */
export function newOwner(): string {
  return [hostName(), bootId(), process.pid, startOf(process.pid), crypto.randomUUID().slice(0, 8)].join('.');
}

/** Whether nobody will write a file any more; nothing is known of processes on other hosts but the age of their files. */
export function isOwnerGone(owner: string, modifiedMs: number): boolean {
  const [host, boot, pid, start = ''] = owner.split('.');
  if (host !== hostName()) return isAbandoned(modifiedMs);
  return boot !== bootId() || !isRunning(Number(pid), start);
}

/** Whether a file is so old that it is of no use to anybody. */
export function isAbandoned(modifiedMs: number): boolean {
  return Date.now() - modifiedMs > abandonedMs;
}
