import { mkdir, mkdtemp, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A secret in a directory, written as the kubelet does: links to `..data`, which is a link to the directory of a version. */
export class MountedSecret implements AsyncDisposable {
  readonly folder: string;
  #version = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async mount(files: Readonly<Record<string, string>>): Promise<MountedSecret> {
    const mounted = new MountedSecret(await mkdtemp(join(tmpdir(), 'secret-')));
    await mounted.update(files);
    for (const name of Object.keys(files)) await symlink(join('..data', name), join(mounted.folder, name));
    return mounted;
  }

  /** Replaces all files at once, by renaming the link `..data`. */
  async update(files: Readonly<Record<string, string>>): Promise<void> {
    const data = join(this.folder, '..data');
    const before = await readlink(data).catch(() => undefined);
    this.#version += 1;
    const version = `..2026_11_30_09_00_00.${this.#version}`;
    await mkdir(join(this.folder, version));
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.folder, version, name), text);
    await symlink(version, join(this.folder, '..data_tmp'));
    await rename(join(this.folder, '..data_tmp'), data);
    if (before !== undefined) await rm(join(this.folder, before), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
