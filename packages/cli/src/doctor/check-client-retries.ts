import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

/** Clients that try again by themselves unless they are made with `maxRetries: 0`. */
const construction = /\bnew\s+(?:OpenAI|AzureOpenAI|Anthropic)\s*\(/g;

/** Finds clients whose own retries multiply those of the library. A text search, so it is a hint. */
export function checkClientRetries(sources: readonly SourceFile[], texts: DoctorTexts): readonly Finding[] {
  const found = sources.flatMap((source) => retryingClients(source, texts));
  return found.length > 0 ? found : [{ check: 'client-retries', level: 'fine', ...texts.clientRetriesFine }];
}

function retryingClients({ path, text }: SourceFile, texts: DoctorTexts): readonly Finding[] {
  const code = withoutComments(text);
  return [...code.matchAll(construction)]
    .filter((match) => canRetry(argumentsAt(code, match.index + match[0].length)))
    .map(({ index }) => ({
      check: 'client-retries',
      level: 'warning',
      file: path,
      line: code.slice(0, index).split('\n').length,
      ...texts.clientRetries,
    }));
}

/** Options from another place, `options` or `{ ...options }`, can contain anything. */
function canRetry(given: string): boolean {
  const isElsewhere = given.includes('...') || (given.trim() !== '' && !given.includes('{'));
  return !isElsewhere && !/\bmaxRetries\s*:\s*0\b/.test(given);
}

/** Keeps the line breaks, so that lines keep their numbers. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:\w"'`])\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

/** The text from here to the closing parenthesis. */
function argumentsAt(code: string, start: number): string {
  let depth = 1;
  for (let index = start; index < code.length; index++) {
    if (code[index] === '(') depth++;
    if (code[index] === ')') depth--;
    if (depth === 0) return code.slice(start, index);
  }
  return code.slice(start);
}
