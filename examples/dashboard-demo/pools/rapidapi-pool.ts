import { RapidApiKeyManager, rapidApiFetch } from '@api-key-fallback/rapidapi';
import { makeKey } from '../made-up-keys.ts';
import type { StatedLimit } from '../provider/account.ts';
import { always } from '../provider/plan.ts';
import { keepCalling } from '../traffic.ts';
import { callOptions, managerOptions, type DemoPool, type DemoSetting } from './demo-pool.ts';

const weather = 'weatherapi-com.p.rapidapi.com';
const movies = 'movies-database.p.rapidapi.com';

/** One key, whose plan is limited for each month, and which is not subscribed to the second API. */
export function rapidApiPool(setting: DemoSetting): DemoPool {
  const { scene, provider } = setting;
  const isCalm = scene === 'calm';
  const monthly: StatedLimit = {
    name: 'requests',
    limit: 10_000,
    share: isCalm ? 0.31 : 0.91,
    resetSeconds: 6 * 86_400,
  };
  const key = makeKey.rapidapi();
  provider.addAccounts([
    {
      key,
      plan: always('ok'),
      limits: [monthly],
      medianMs: 200,
      ...(isCalm ? {} : { operations: { 'titles.json': 'not_subscribed' } }),
    },
  ]);
  const manager = new RapidApiKeyManager([{ key, label: 'RAPIDAPI_KEY' }], managerOptions(setting));

  const get = (host: string, path: string) => (): Promise<unknown> =>
    manager.retryWithFallback(
      async (apiKey, { signal }) => (await rapidApiFetch(host, path, { apiKey, baseUrl: provider.url, signal })).json(),
      { ...callOptions(setting), operation: host },
    );

  return {
    manager,
    run: () =>
      Promise.all([
        keepCalling(8, get(weather, '/current.json?q=Recife'), setting),
        keepCalling(0.5, get(movies, '/titles.json'), setting),
      ]),
  };
}
