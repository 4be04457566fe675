import { registry } from '@api-key-fallback/core';
import { GeminiKeyManager } from './gemini-key-manager.ts';

export type { GeminiClientOptions } from './create-gemini-client.ts';
export { geminiAdapter } from './gemini-adapter.ts';
export { GeminiKeyManager } from './gemini-key-manager.ts';
export type { GeminiKeyManagerOptions } from './gemini-key-manager.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    gemini: GeminiKeyManager;
  }
}

registry.registerDefault('gemini', () => GeminiKeyManager.fromEnv());
