import {
  classifyByRules,
  googleProjectOf,
  readFailure,
  type ClassifyContext,
  type ErrorTable,
  type ErrorVerdict,
} from '@api-key-fallback/core/adapter';
import { geminiErrorRules } from './gemini-error-rules.ts';
import { modelOf } from './gemini-quotas.ts';

const table: ErrorTable = {
  rules: geminiErrorRules,
  affected: (failure) => ({ group: googleProjectOf(failure), bucket: modelOf(failure) }),
};

/** Classifies an error of `@google/genai`, or of a plain request to the Gemini API. */
export function classifyGeminiError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined {
  return classifyByRules(readFailure(error), context, table);
}

/** The Cloud project named in an error. */
export function projectOfError(error: unknown): string | undefined {
  return googleProjectOf(readFailure(error));
}
