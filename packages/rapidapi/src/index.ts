import { registry } from '@api-key-fallback/core';
import { RapidApiKeyManager } from './rapidapi-key-manager.ts';

export { rapidApiAdapter } from './rapidapi-adapter.ts';
export { RapidApiError } from './rapidapi-error.ts';
export type { RapidApiAnswer } from './rapidapi-error.ts';
export { rapidApiFetch } from './rapidapi-fetch.ts';
export type { RapidApiRequest } from './rapidapi-fetch.ts';
export { rapidApiProbe } from './rapidapi-probe.ts';
export type { RapidApiProbeOptions } from './rapidapi-probe.ts';
export { RapidApiKeyManager } from './rapidapi-key-manager.ts';
export type { RapidApiKeyManagerOptions } from './rapidapi-key-manager.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    rapidapi: RapidApiKeyManager;
  }
}

registry.registerDefault('rapidapi', () => RapidApiKeyManager.fromEnv());
