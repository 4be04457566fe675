import { registry } from '@api-key-fallback/core';
import { OpenAIKeyManager } from './openai-key-manager.ts';

export { firstOutput } from './first-output.ts';
export { openaiAdapter } from './openai-adapter.ts';
export { openAICompatible } from './openai-compatible.ts';
export type {
  OpenAICompatibleAdapter,
  OpenAICompatibleKeyManagerOptions,
  OpenAICompatibleOptions,
  OpenAIPresetOptions,
} from './openai-compatible.ts';
export type { PresetName } from './presets.ts';
export { OpenAIKeyManager } from './openai-key-manager.ts';
export type { OpenAIKeyManagerOptions } from './openai-key-manager.ts';
export { watchEventStream } from './watch-event-stream.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    openai: OpenAIKeyManager;
  }
}

registry.registerDefault('openai', () => OpenAIKeyManager.fromEnv());
