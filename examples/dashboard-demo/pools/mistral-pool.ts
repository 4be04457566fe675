import { openAICompatible } from '@api-key-fallback/openai';
import { makeKey } from '../made-up-keys.ts';
import type { Account } from '../provider/account.ts';
import { always, type Plan } from '../provider/plan.ts';
import { callTimes, keepCalling } from '../traffic.ts';
import { callOptions, managerOptions, type DemoPool, type DemoSetting } from './demo-pool.ts';

const keyCount = 200;
const refused: readonly number[] = [17, 102];
const failing: readonly number[] = [9, 64, 140];
const full: readonly number[] = [45, 46, 90];
const limited: readonly number[] = [4, 31, 58, 77, 120, 121, 163, 188];

function planOf(tenant: number): Plan {
  if (refused.includes(tenant)) return always('unauthorized');
  if (failing.includes(tenant)) {
    return [
      { seconds: 240, answer: 'server_error_500' },
      { seconds: 120, answer: 'ok' },
    ];
  }
  if (!limited.includes(tenant)) return always('ok');
  return [
    { seconds: 30 + (tenant % 9) * 37, answer: 'rate-limited' },
    { seconds: 90, answer: 'ok' },
  ];
}

function accountOf(tenant: number, isCalm: boolean): Account {
  const share = !isCalm && full.includes(tenant) ? 1 : ((tenant * 37) % 60) / 100;
  return {
    key: makeKey.mistral(),
    plan: isCalm ? always('ok') : planOf(tenant),
    limits: [
      { name: 'tokens-minute', limit: 500_000, share, resetSeconds: 60 },
      { name: 'tokens-month', limit: 20_000_000, share: ((tenant * 53) % 90) / 100, resetSeconds: 6 * 86_400 },
    ],
    medianMs: 330,
  };
}

/** Two hundred keys, one for each tenant, which take turns. */
export function mistralPool(setting: DemoSetting): DemoPool {
  const { scene, provider } = setting;
  const isCalm = scene === 'calm';
  const accounts = Array.from({ length: keyCount }, (_, index) => accountOf(index + 1, isCalm));
  provider.addAccounts(accounts);
  const manager = openAICompatible('mistral', { baseURL: `${provider.url}/v1` }).createKeyManager({
    ...managerOptions(setting),
    strategy: 'round-robin',
    keys: accounts.map(({ key }, index) => ({
      key,
      label: `tenant-${String(index + 1).padStart(3, '0')}`,
      group: index % 3 === 2 ? 'plan-pro' : 'plan-free',
    })),
  });

  function chat(): Promise<unknown> {
    const body = { model: 'mistral-large-latest', messages: [{ role: 'user' as const, content: 'How are you?' }] };
    return manager.retryWithFallback((client, { signal }) => client.chat.completions.create(body, { signal }), {
      ...callOptions(setting),
      inject: 'client',
    });
  }

  return {
    manager,
    async run() {
      if (!isCalm) manager.disable(accounts.at(-1)?.key ?? '', { actor: 'deploy-bot' });
      // Each key once, so that the trouble shows at once.
      await callTimes(keyCount, chat, setting);
      await keepCalling(140, chat, setting);
    },
  };
}
