import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { makeKey } from '../made-up-keys.ts';
import type { Account } from '../provider/account.ts';
import { always, type Plan } from '../provider/plan.ts';
import { callTimes, keepCalling } from '../traffic.ts';
import { callOptions, managerOptions, type DemoPool, type DemoSetting } from './demo-pool.ts';

const keys = [
  { label: 'YOUTUBE_API_KEY', group: 'project-main' },
  { label: 'YOUTUBE_API_KEY_2', group: 'project-feeds' },
  { label: 'YOUTUBE_API_KEY_3', group: 'project-shop' },
  { label: 'YOUTUBE_API_KEY_4', group: 'project-old' },
] as const;

type Label = (typeof keys)[number]['label'];

/** What an update of captions costs of the 10,000 units of a day. */
const captionUnits = 450;

/** Four projects with a budget for each day, of which the first ends soon after the start. */
export function youtubePool(setting: DemoSetting): DemoPool {
  const { scene, provider } = setting;
  const isCalm = scene === 'calm';
  const usedUp: Plan = [
    { seconds: 6, answer: 'ok' },
    { seconds: Infinity, answer: 'quota_exceeded_daily_units' },
  ];
  const unsteady: Plan = [
    { seconds: 170, answer: 'ok' },
    { seconds: 4, answer: 'backend_error_500' },
    { seconds: 126, answer: 'ok' },
  ];
  const plans: Partial<Record<Label, Plan>> = isCalm ? {} : { YOUTUBE_API_KEY: usedUp, YOUTUBE_API_KEY_2: unsteady };
  const accounts = keys.map(({ label }): Account => {
    const hasNoSearches = !isCalm && label === 'YOUTUBE_API_KEY_2';
    return {
      key: makeKey.youtube(),
      plan: plans[label] ?? always('ok'),
      operations: {
        channels: 'missing_required_parameter',
        ...(hasNoSearches ? { search: 'search_bucket_daily_429' } : {}),
      },
      medianMs: 110,
    };
  });
  provider.addAccounts(accounts);
  const manager = new YouTubeKeyManager(
    keys.map((names, index) => ({ key: accounts[index]?.key ?? '', ...names })),
    { ...managerOptions(setting), clientOptions: { rootUrl: `${provider.url}/` } },
  );

  const listVideos = (): Promise<unknown> =>
    manager.retryWithFallback(
      (youtube, { signal }) => youtube.videos.list({ part: ['snippet'], id: ['dQw4w9WgXcQ'] }, { signal }),
      { ...callOptions(setting), inject: 'client' },
    );
  /** The application does not say which channel. */
  const listNoChannel = (): Promise<unknown> =>
    manager.retryWithFallback((youtube, { signal }) => youtube.channels.list({ part: ['snippet'] }, { signal }), {
      ...callOptions(setting),
      inject: 'client',
    });
  const search = (): Promise<unknown> =>
    manager.retryWithFallback(
      (youtube, { signal }) => youtube.search.list({ part: ['snippet'], q: 'Recife' }, { signal }),
      { ...callOptions(setting), inject: 'client', operation: 'search.list' },
    );
  const updateCaptions = (key: Label) => (): Promise<unknown> =>
    manager.retryWithFallback(
      (youtube, { signal }) =>
        youtube.captions.update({ part: ['snippet'], requestBody: { id: 'caption-1' } }, { signal }),
      { ...callOptions(setting), inject: 'client', operation: 'captions.update', key },
    );
  /** Uses this much of the units of a key. */
  const useUnits = (key: Label, units: number): Promise<void> =>
    callTimes(Math.floor(units / captionUnits), updateCaptions(key), setting);

  return {
    manager,
    async run() {
      if (!isCalm) manager.disable(accounts.at(-1)?.key ?? '', { actor: 'ana' });
      await Promise.all([
        useUnits('YOUTUBE_API_KEY', isCalm ? 4120 : 9990),
        useUnits('YOUTUBE_API_KEY_2', isCalm ? 1870 : 8312),
      ]);
      await Promise.all([
        keepCalling(22, listVideos, setting),
        keepCalling(0.5, listNoChannel, setting),
        keepCalling(0.2, search, setting),
      ]);
    },
  };
}
