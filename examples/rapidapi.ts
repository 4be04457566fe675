// One key for many APIs: the state of a key is tracked per host.
// Run: RAPIDAPI_KEY=… RAPIDAPI_KEY_2=… npx pnpm@12 example examples/rapidapi.ts
// RAPIDAPI_URL is for tests only: a server that replaces RapidAPI's gateway.
import { injectKeys, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { rapidApiFetch } from '@api-key-fallback/rapidapi';

const host = 'weatherapi-com.p.rapidapi.com';
const baseUrl = process.env['RAPIDAPI_URL'];

class WeatherService {
  @retryWithApiKeyFallback({ provider: 'rapidapi', operation: host })
  async today(apiKey: ApiKey<'rapidapi'>, city: string): Promise<unknown> {
    // Throws for an error status.
    const path = `/current.json?q=${encodeURIComponent(city)}`;
    const response = await rapidApiFetch(host, path, baseUrl ? { apiKey, baseUrl } : { apiKey });
    return response.json();
  }
}

const service = injectKeys(new WeatherService());
console.log(await service.today('São Paulo'));
for (const { label, state, buckets = [] } of registry.get('rapidapi').status().keys) {
  console.log(label, state, ...buckets.map((bucket) => `${bucket.bucket}: ${bucket.state}`));
}
