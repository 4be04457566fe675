import type { ClassifyContext, ErrorVerdict } from '@api-key-fallback/core/adapter';
import { openaiAdapter } from '@api-key-fallback/openai';
import { rapidApiAdapter } from '@api-key-fallback/rapidapi';
import { youtubeAdapter } from '@api-key-fallback/youtube';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import { fixtureErrors } from '../fixture-errors.ts';
import type { CaseReport } from '../report.ts';
import type { Subject } from '../subject.ts';

interface Classifier {
  readonly name: 'openai' | 'youtube' | 'rapidapi';
  classifyError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined;
}

const adapters = [openaiAdapter, youtubeAdapter, rapidApiAdapter] as readonly Classifier[];

function subjectOf(adapter: Classifier): Subject {
  const errors = fixtureErrors(adapter.name);
  const context = { now: Date.parse('2026-07-01T12:00:00Z') };
  const call = (): void => {
    for (const error of errors) adapter.classifyError(error, context);
  };
  return { name: `${adapter.name}, ${errors.length} recorded errors`, times: errors.length, call };
}

/** The time to classify an error. */
export async function classification(effort: Effort): Promise<CaseReport> {
  const subjects = [{ name: 'nothing', call: () => {} }, ...adapters.map(subjectOf)];
  const comparison = await Comparison.of(subjects, effort, { title: 'Classify one error', per: 'error' });
  return {
    title: 'Classification',
    about: 'Classifies every recorded error response of each provider, as the error that its client throws.',
    tables: [comparison.table],
    measures: {},
  };
}
