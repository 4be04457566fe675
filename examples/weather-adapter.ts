// A minimal adapter for a provider without a package. own-provider.ts uses it.
import { customProvider } from '@api-key-fallback/core';
import { classifyHttpError, defineAdapter, readFailure } from '@api-key-fallback/core/adapter';

export const weather = customProvider('weather');

export const weatherAdapter = defineAdapter({
  name: weather,
  displayName: 'Weather',
  env: 'WEATHER_API_KEY',
  classifyError(error, context) {
    // This provider responds with 403 when the daily budget of a key is exhausted.
    if (readFailure(error).status === 403) return { kind: 'quota-exhausted', reason: 'daily_budget' };
    return classifyHttpError(error, context);
  },
});
