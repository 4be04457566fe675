import type { Readable, Writable } from 'node:stream';

/** Where a command reads from and writes to: those of the process, or of a test. */
export interface Io {
  /** For results. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  /** For everything else: progress, notes, errors. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** The environment of the process. Core reads keys and settings from `process.env` itself. */
  readonly env: NodeJS.ProcessEnv;
  /** The working directory. */
  readonly cwd: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}
