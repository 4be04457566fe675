/** A file of the page, compressed at build time. The name contains a hash of the content, so it can be cached for ever. */
export interface UiFile {
  /** Such as `assets/main-1a2b3c.js`. */
  readonly path: string;
  readonly type: string;
  /** Base64. */
  readonly brotli: string;
  /** Base64. */
  readonly gzip: string;
}

/** The page and its files. */
export interface UiFiles {
  /** With `__BASE_PATH__` where the path of the dashboard belongs. */
  readonly html: string;
  readonly files: readonly UiFile[];
}
