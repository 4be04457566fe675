export { createTestManager } from './create-test-manager.ts';
export type { TestKeyManager, TestManagerOptions } from './create-test-manager.ts';
export { startProviderServer } from './start-provider-server.ts';
export type { AnsweredRequest, ProviderServer, ProviderServerOptions } from './start-provider-server.ts';
export type { ProviderRequest } from './provider-request.ts';
export type { ProviderStep, RawAnswer, RawStream, TransportFailure } from './provider-step.ts';
export type { Reply } from './model-reply.ts';
export { recordedResponses } from './named-answers.ts';
export type { PlainFailure } from './named-answers.ts';
export type {
  AnthropicResponseName,
  ExpectedVerdict,
  GeminiResponseName,
  OpenAIResponseName,
  ProviderName,
  RapidApiResponseName,
  RecordedResponse,
  RecordedResponseName,
  YouTubeResponseName,
} from './recorded-response.ts';
