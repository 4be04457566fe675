import { randomInt } from 'node:crypto';
import type { FallbackOptions } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { makeKey } from '../made-up-keys.ts';
import type { StatedLimit } from '../provider/account.ts';
import { always, type Phase, type Plan } from '../provider/plan.ts';
import type { Scene } from '../scene.ts';
import { callTimes, keepCalling } from '../traffic.ts';
import { callOptions, managerOptions, type DemoPool, type DemoSetting } from './demo-pool.ts';

const ok = (seconds: number): Phase => ({ seconds, answer: 'ok' });
const rateLimited = (seconds: number): Phase => ({ seconds, answer: 'rate-limited' });
const failing = (seconds: number): Phase => ({ seconds, answer: 'server_error_500' });

const keys = [
  { label: 'team-a', group: 'org-a' },
  { label: 'team-b', group: 'org-b' },
  { label: 'backup', group: 'org-a' },
  { label: 'spare' },
] as const;

type Label = (typeof keys)[number]['label'];

/** In the incident each plan takes five minutes, so that one key always works. */
const plans: Readonly<Record<Scene, Readonly<Record<Label, Plan>>>> = {
  incident: {
    'team-a': [ok(3), rateLimited(91), ok(206)],
    'team-b': always('invalid_api_key'),
    backup: [ok(150), failing(3), ok(147)],
    spare: [failing(60), ok(240)],
  },
  calm: {
    'team-a': [ok(600), rateLimited(20)],
    'team-b': always('ok'),
    backup: always('ok'),
    spare: always('ok'),
  },
  exhausted: {
    'team-a': [ok(3), rateLimited(161), ok(5)],
    'team-b': always('invalid_api_key'),
    backup: [ok(3), { seconds: 3600, answer: 'project_spend_limit_exceeded' }],
    spare: [ok(3), rateLimited(312), ok(5)],
  },
};

/** OpenAI states when a limit is full again, which can take longer than the minute for which it counts. */
function limitsOf(label: Label): readonly StatedLimit[] {
  const resetSeconds = 360;
  if (label === 'spare') return [{ name: 'requests', limit: 60, share: 0.63, resetSeconds }];
  return [
    { name: 'requests', limit: 500, share: label === 'team-a' ? 0.81 : 0.42, resetSeconds },
    { name: 'tokens', limit: 200_000, share: 0.72, resetSeconds },
  ];
}

/** Four keys of two organizations, of which the application uses the first that works. */
export function openaiPool(setting: DemoSetting): DemoPool {
  const { scene, provider } = setting;
  const accounts = keys.map(({ label }) => {
    return { key: makeKey.openai(), plan: plans[scene][label], limits: limitsOf(label), medianMs: 420 };
  });
  provider.addAccounts(accounts);
  const manager = new OpenAIKeyManager(
    keys.map((names, index) => ({ key: accounts[index]?.key ?? '', ...names })),
    { ...managerOptions(setting), clientOptions: { baseURL: `${provider.url}/v1` } },
  );

  function chat(options?: FallbackOptions): Promise<unknown> {
    const body = { model: 'gpt-5.6', messages: [{ role: 'user' as const, content: 'How are you?' }] };
    return manager.retryWithFallback((openai, { signal }) => openai.chat.completions.create(body, { signal }), {
      ...callOptions(setting),
      ...options,
      inject: 'client',
    });
  }
  /** A message in one of many conversations, each of which stays on its key while that works. */
  const chatInSession = (): Promise<unknown> => chat({ affinity: `conversation-${randomInt(40)}` });

  return {
    manager,
    async run() {
      await callTimes(20, chatInSession, setting);
      await Promise.all([keepCalling(70, () => chat(), setting), keepCalling(25, chatInSession, setting)]);
    },
  };
}
