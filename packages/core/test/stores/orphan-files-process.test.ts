import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { newOwner } from '../../src/stores/file-owner.ts';
import type { FileView } from '../../src/stores/file-view.ts';
import { OrphanFiles } from '../../src/stores/orphan-files.ts';

/** Starts a process, and returns the name of its file and what ends it. */
async function startOwner(): Promise<{ file: string; end: () => Promise<unknown> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const [host, boot] = newOwner().split('.');
  const end = () => {
    child.kill('SIGKILL');
    return once(child, 'close');
  };
  return { file: `health.${host}.${boot}.${child.pid}..1.json`, end };
}

it('leaves the file of a process that ends while the files are read again, because that may have written once more', async () => {
  const [ended, ending] = [await startOwner(), await startOwner()];
  const stamp = { isFile: true, modifiedMs: Date.now(), size: 1, inode: 1 };
  const content = { isOfNewerVersion: false };
  const files = new Map([ended, ending].map(({ file }) => [file, { stamp, readAtMs: 0, content }]));
  const view = { files, note: () => {} } as unknown as FileView<typeof content>;
  const orphans = new OrphanFiles(view, 'health.');
  await ended.end();
  expect(await orphans.find(ending.end)).toEqual([ended.file]);
  expect(await orphans.find(async () => {})).toEqual([ended.file, ending.file]);
});
