import type { ChildProcess } from 'node:child_process';

/** What a process prints, as far as it has. */
export interface Printed {
  text: string;
}

/** Resolves to the first group of the pattern as soon as the process has printed it. Rejects if it ends before. */
export function untilPrinted(child: ChildProcess, pattern: RegExp, printed: Printed = { text: '' }): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (chunk: unknown): void => {
      printed.text += String(chunk);
      const found = pattern.exec(printed.text)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The process has ended with ${code}: ${printed.text}`)));
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
}
