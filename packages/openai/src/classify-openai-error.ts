import {
  classifyByRules,
  headersOfError,
  readFailure,
  readHeader,
  type ClassifyContext,
  type ErrorTable,
  type ErrorVerdict,
  type Failure,
} from '@api-key-fallback/core/adapter';
import { openaiErrorRules } from './openai-error-rules.ts';
import { openaiLimits } from './read-openai-limits.ts';

/** Returns the text unless it looks like a key or is too long for a name. */
function nameIn(text: string | undefined): string | undefined {
  return text && text.length <= 64 && !/^(?:sk|rk|pk)-/i.test(text) ? text : undefined;
}

/** Rate limits apply per model, and only the message names the model. */
function modelOf({ message }: Failure): string | undefined {
  return nameIn(/^Rate limit reached for (?:model )?`?([\w.:/-]+)`? (?:in|on|\()/.exec(message)?.[1]);
}

/** The organisation named in a response or error. Keys of one organisation share their limits. */
export function organizationOf(source: unknown): string | undefined {
  return nameIn(readHeader(headersOfError(source), 'openai-organization'));
}

/** The group and bucket that a verdict affects. */
export const affectedByOpenAI: NonNullable<ErrorTable['affected']> = (failure) => ({
  group: organizationOf(failure),
  bucket: modelOf(failure),
});

const table: ErrorTable = { rules: openaiErrorRules, limits: openaiLimits, affected: affectedByOpenAI };

/** Classifies an error of OpenAI by code, type, known text and status. */
export function classifyOpenAIError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined {
  return classifyByRules(readFailure(error), context, table);
}
