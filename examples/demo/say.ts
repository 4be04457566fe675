import { styleText } from 'node:util';
import type { Logger } from '@api-key-fallback/core';
import wrapAnsi from 'wrap-ansi';

/** The widest line. Prose is hard to read in the whole width of a large terminal. */
const width = Math.min(process.stdout.columns || 80, 100);

/** Prints a text in lines that fit into the terminal; all but the first are indented. */
export function say(text: string, indent = 0): void {
  console.log(wrapAnsi(text, width - indent).replaceAll('\n', `\n${' '.repeat(indent)}`));
}

export function sayTitle(text: string): void {
  say(`\n${styleText('bold', text)}\n`);
}

/** Prints log lines where the narration goes, so that both stay in order. */
export const logger: Logger = {
  debug: (message) => say(`DEBUG: ${message}`, 2),
  info: (message) => say(`INFO: ${message}`, 2),
  warn: (message) => say(`${styleText('yellow', 'WARNING')}: ${message}`, 2),
  error: (message) => say(`${styleText('red', 'ERROR')}: ${message}`, 2),
};
