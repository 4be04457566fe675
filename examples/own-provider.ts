// A provider that no package knows: an adapter of your own in 20 lines.
import {
  ApiKeyManager,
  classifyHttpError,
  customProvider,
  defineAdapter,
  injectKeys,
  loadApiKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';

const weather = customProvider('weather');

const weatherAdapter = defineAdapter({
  name: weather,
  displayName: 'Weather',
  env: 'WEATHER_API_KEY',
  classifyError(error, context) {
    const verdict = classifyHttpError(error, context);
    // This provider answers 403 to a key whose daily budget is used up.
    return verdict?.reason === 'http_403' ? { kind: 'quota-exhausted', reason: 'daily_budget' } : verdict;
  },
});
registry.register(new ApiKeyManager(weatherAdapter, loadApiKeys(weatherAdapter.env)));

class WeatherService {
  @retryWithApiKeyFallback({ provider: weather, maxRetries: 2, delay: 500 })
  async today(apiKey: ApiKey<typeof weather>, city: string): Promise<unknown> {
    const url = new URL(`today?city=${encodeURIComponent(city)}`, process.env['WEATHER_URL']);
    const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
    // fetch does not throw on an error status; the loop only sees what is thrown.
    if (!response.ok)
      throw Object.assign(new Error(response.statusText), { status: response.status, headers: response.headers });
    return response.json();
  }
}

const service = injectKeys(new WeatherService());
console.log(await service.today('Curitiba'));
