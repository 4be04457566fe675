// A provider without a package, with the adapter in weather-adapter.ts.
// Run: WEATHER_URL=… WEATHER_API_KEYS=…,… npx pnpm@12 example examples/own-provider.ts
// WEATHER_URL is the address of your own server, for example http://localhost:8080/.
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
    // fetch does not throw for an error status, and only a thrown error can fall over.
    if (!response.ok) {
      const { status, headers, statusText } = response;
      throw Object.assign(new Error(statusText), { status, headers, body: await response.text() });
    }
    return response.json();
  }
}

const service = injectKeys(new WeatherService());
console.log(await service.today('Curitiba'));
