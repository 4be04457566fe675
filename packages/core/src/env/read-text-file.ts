import { InvalidOptionsError } from '../base/errors.ts';
import { fs } from '../base/node-builtins.ts';

/**
 * The encoding of a text file: UTF-8, or the UTF-16 that PowerShell writes.
 *
 * @throws InvalidOptionsError for another encoding; `name` says which file it is.
 */
function encodingOf(bytes: Buffer, name: string): 'utf8' | 'utf16le' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  if (!bytes.includes(0)) return 'utf8';
  throw new InvalidOptionsError(`${name} is neither UTF-8 nor UTF-16 (little endian with a mark). Save it as UTF-8.`);
}

/** Reads a file in either encoding. @throws InvalidOptionsError for another encoding, and the error of the file system. */
export function readTextFile(path: string, name: string): string {
  const bytes = fs.readFileSync(path);
  return bytes.toString(encodingOf(bytes, name)).replace(/^\uFEFF/, '');
}
