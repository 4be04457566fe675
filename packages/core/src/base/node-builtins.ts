import type * as Fs from 'node:fs';
import type * as Util from 'node:util';

// As `require()` gives them: an import statement reads each of their exports once, and some exports load other modules.
// For these two that would double the time that importing this package takes.

export const fs: typeof Fs = process.getBuiltinModule('node:fs');
export const util: typeof Util = process.getBuiltinModule('node:util');

/** The SHA-256 digest of a text. Node's crypto takes as long to load as the rest of this package, so it is loaded at first use. */
export function sha256(text: string): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest();
}
