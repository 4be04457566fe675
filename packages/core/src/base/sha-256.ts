/** The digest of a text. Node's crypto takes as long to load as the rest of this package, so it comes when needed. */
export function sha256(text: string): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest();
}
