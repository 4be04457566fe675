import type * as Fs from 'node:fs';
import type * as Util from 'node:util';

// An import statement reads every export of a module once, and some of these exports load further modules. For fs and
// util that doubles the import time of this package; `getBuiltinModule` avoids it.

export const fs: typeof Fs = process.getBuiltinModule('node:fs');
export const util: typeof Util = process.getBuiltinModule('node:util');

/** Returns the SHA-256 digest of a text. Loads Node's crypto at first use, because it takes as long as this package. */
export function sha256(text: string): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest();
}
