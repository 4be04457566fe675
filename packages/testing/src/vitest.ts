export { describeProviderAdapter } from './describe-provider-adapter.ts';
export type { ProviderAdapterSuiteOptions } from './describe-provider-adapter.ts';
export type { RecordedUsage } from './describe-adapter-usage.ts';
export type { RecordedError, RecordedErrors } from './recorded-errors.ts';
export type { HttpAnswer } from './http-answer.ts';
export type { RecordedAnswer, RecordedAnswers } from './recorded-answers.ts';
export { describeKeyStateStore } from './describe-key-state-store.ts';
export type { KeyStateStoreSuiteOptions } from './describe-key-state-store.ts';
export type { StoreBackend } from './store-bench.ts';
