import { classifyByRules, readFailure, type ClassifyContext, type ErrorVerdict } from '@api-key-fallback/core/adapter';
import { rapidApiErrorRules } from './rapidapi-error-rules.ts';

/** Classifies an error of RapidAPI by known text, then by sender (gateway or API), then by status. */
export function classifyRapidApiError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined {
  return classifyByRules(readFailure(error), context, { rules: rapidApiErrorRules });
}
