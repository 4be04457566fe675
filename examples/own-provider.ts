// A provider that no package knows, with the adapter of weather-adapter.ts.
// Run: WEATHER_URL=… WEATHER_API_KEYS=…,… npx pnpm@12 example examples/own-provider.ts
// WEATHER_URL is a server of your own, such as http://localhost:8080/.
import {
  ApiKeyManager,
  injectKeys,
  loadApiKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { weather, weatherAdapter } from './weather-adapter.ts';

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
