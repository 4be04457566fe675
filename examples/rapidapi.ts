// One key for many APIs: what an answer says about a key counts on the host that gave it.
// Run: RAPIDAPI_KEY=… RAPIDAPI_KEY_2=… npx pnpm@12 example examples/rapidapi.ts
// RAPIDAPI_URL is for tests only: a server in the place of RapidAPI's gateway.
import { injectKeys, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { rapidApiFetch } from '@api-key-fallback/rapidapi';

const host = 'weatherapi-com.p.rapidapi.com';
const baseUrl = process.env['RAPIDAPI_URL'];

class WeatherService {
  @retryWithApiKeyFallback({ provider: 'rapidapi', operation: host })
  async today(_apiKey: ApiKey<'rapidapi'>, city: string): Promise<unknown> {
    // It takes the key from the running attempt, and throws for an error status.
    const response = await rapidApiFetch(
      host,
      `/current.json?q=${encodeURIComponent(city)}`,
      baseUrl ? { baseUrl } : {},
    );
    return response.json();
  }
}

const service = injectKeys(new WeatherService());
console.log(await service.today('São Paulo'));
for (const { label, state, buckets = [] } of registry.get('rapidapi').status().keys) {
  console.log(label, state, ...buckets.map((bucket) => `${bucket.bucket}: ${bucket.state}`));
}
