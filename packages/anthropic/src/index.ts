import { registry } from '@api-key-fallback/core';
import { AnthropicKeyManager } from './anthropic-key-manager.ts';

export { anthropicAdapter } from './anthropic-adapter.ts';
export { AnthropicKeyManager } from './anthropic-key-manager.ts';
export type { AnthropicKeyManagerOptions } from './anthropic-key-manager.ts';
export { firstOutput } from './first-output.ts';
export { watchEventStream } from './watch-event-stream.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    anthropic: AnthropicKeyManager;
  }
}

registry.registerDefault('anthropic', () => AnthropicKeyManager.fromEnv());
