import { styleText } from 'node:util';
import { redactKeys } from '@api-key-fallback/core/adapter';
import type { Io } from '../io.ts';
import { fitTable, type Column, type Row } from './fit-table.ts';
import type { Format } from './format.ts';
import type { Style } from './style.ts';
import { wrapText } from './wrap-text.ts';

const clearLine = '\r\u001B[2K';
const usualWidth = 80;

/** Writes results and notes, without keys and without control characters in what others wrote. */
export class Output {
  readonly #io: Io;
  readonly #hasColor: boolean;
  #hasProgress = false;
  readonly format: Format;

  constructor(io: Io, { format, hasColor }: { readonly format: Format; readonly hasColor: boolean }) {
    this.#io = io;
    this.#hasColor = hasColor;
    this.format = format;
  }

  /** The columns of the terminal; 80 without one. */
  get width(): number {
    return this.#io.stdout.columns ?? usualWidth;
  }

  /** Whether results are written for people. */
  get isForPeople(): boolean {
    return this.format === 'table';
  }

  /** Writes a line of a result to stdout. */
  line(text = '', style?: Style): void {
    this.clearProgress();
    this.#io.stdout.write(`${this.paint(text, style)}\n`);
  }

  /** Writes a text of a result in as many lines as the terminal needs. */
  paragraph(text: string, style?: Style): void {
    for (const line of wrapText(text, this.width)) this.line(line, style);
  }

  /** Writes a line to stderr, where notes, progress and errors go. */
  note(text: string, style?: Style): void {
    this.clearProgress();
    this.#io.stderr.write(`${this.paint(text, style)}\n`);
  }

  /** Writes a table to stdout, shrunk to fit the terminal. */
  table(columns: readonly Column[], rows: readonly Row[]): void {
    this.clearProgress();
    const lines = fitTable(columns, rows, { width: this.width, paint: (text, style) => this.paint(text, style) });
    for (const line of lines) this.#io.stdout.write(`${line}\n`);
  }

  /** Writes a result for programs: the whole document with `json`, one entry a line with `ndjson`. */
  document(document: object, entries: readonly object[]): void {
    this.clearProgress();
    if (this.format === 'json') this.#io.stdout.write(`${JSON.stringify(document, redacted, 2)}\n`);
    else this.entries(entries);
  }

  /** Writes one entry a line, also while others are still to come. */
  entries(entries: readonly object[]): void {
    for (const entry of entries) this.#io.stdout.write(`${JSON.stringify(entry, redacted)}\n`);
  }

  /** Shows what is being done, until the next line. On a terminal only. */
  progress(text: string): void {
    if (this.#io.stderr.isTTY !== true || !this.isForPeople) return;
    this.#io.stderr.write(`${clearLine}${this.paint(text.slice(0, this.width - 1), 'dim')}`);
    this.#hasProgress = true;
  }

  /** Removes the line of {@link progress}. */
  clearProgress(): void {
    if (!this.#hasProgress) return;
    this.#io.stderr.write(clearLine);
    this.#hasProgress = false;
  }

  /** Returns a text without keys, in the style if there are colours. */
  paint(text: string, style?: Style): string {
    const safe = redactKeys(text);
    // Whether the stream has colours was decided with the settings.
    return this.#hasColor && style !== undefined ? styleText(style, safe, { validateStream: false }) : safe;
  }
}

function redacted(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? redactKeys(value) : value;
}
