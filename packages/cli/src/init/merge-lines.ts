/** A line that a file should have, and what shows that it has it already. */
export interface WantedLine {
  readonly text: string;
  /** Whether a line of the file stands for it. */
  readonly isIn: (line: string) => boolean;
}

/** Adds the lines that a text lacks to its end. Changes no line. Returns the same text if it lacks none. */
export function mergeLines(text: string, wanted: readonly WantedLine[]): string {
  const lines = text.split(/\r?\n/);
  const missing = wanted.filter(({ isIn }) => !lines.some(isIn));
  if (missing.length === 0) return text;
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${end}${missing.map((line) => `${line.text}\n`).join('')}`;
}

/** An assignment in a `.env` file. A commented one counts too, because someone has written it so. */
export function variableLine(name: string, value = ''): WantedLine {
  const pattern = new RegExp(`^\\s*#?\\s*(?:export\\s+)?${name}\\s*=`);
  return { text: `${name}=${value}`, isIn: (line) => pattern.test(line) };
}

/** A line that must be there as it is. */
export function plainLine(text: string): WantedLine {
  return { text, isIn: (line) => line.trim() === text };
}
