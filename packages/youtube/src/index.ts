import { registry } from '@api-key-fallback/core';
import { YouTubeKeyManager } from './youtube-key-manager.ts';

export { youtubeAdapter } from './youtube-adapter.ts';
export type { YouTubeClientOptions } from './youtube-adapter.ts';
export { YouTubeKeyManager } from './youtube-key-manager.ts';
export type { YouTubeKeyManagerOptions } from './youtube-key-manager.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    youtube: YouTubeKeyManager;
  }
}

registry.registerDefault('youtube', () => YouTubeKeyManager.fromEnv());
