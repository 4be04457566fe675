// What core has to know about a provider that no package knows.
// Run own-provider.ts to see it work.
import { customProvider } from '@api-key-fallback/core';
import { classifyHttpError, defineAdapter } from '@api-key-fallback/core/adapter';

export const weather = customProvider('weather');

export const weatherAdapter = defineAdapter({
  name: weather,
  displayName: 'Weather',
  env: 'WEATHER_API_KEY',
  classifyError(error, context) {
    const verdict = classifyHttpError(error, context);
    // This provider answers 403 to a key whose daily budget is used up.
    return verdict?.reason === 'http_403' ? { kind: 'quota-exhausted', reason: 'daily_budget' } : verdict;
  },
});
