import {
  classifyByRules,
  readFailure,
  type ClassifyContext,
  type ErrorTable,
  type ErrorVerdict,
} from '@api-key-fallback/core/adapter';
import { projectOf, youtubeErrorRules } from './youtube-error-rules.ts';

const table: ErrorTable = {
  rules: youtubeErrorRules,
  affected: (failure) => ({ group: projectOf(failure) }),
};

/** Classifies an error of the YouTube Data API by reason, then by the window of a limit, then by status. */
export function classifyYouTubeError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined {
  const failure = readFailure(error);
  // Thrown by the client before it sends anything.
  if (failure.message.startsWith('Missing required parameters: ')) {
    return { kind: 'caller-error', reason: 'missing_parameters' };
  }
  return classifyByRules(failure, context, table);
}

/** The Cloud project named in an error. Keys of one project share its quota. */
export function projectOfError(error: unknown): string | undefined {
  return projectOf(readFailure(error));
}
