import { describeNotification, type Alert, type Notification } from '@api-key-fallback/alerts';
import { createTestManager } from '@api-key-fallback/testing';
import { customProvider } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { atMs, refusedKey, resolvedAlert, sampleAlert, sampleNotification, usedUpKey } from '../sample-notification.ts';

function textsOf(changes: Partial<Notification>): string[] {
  return describeNotification(sampleNotification(changes)).sections.map(({ text }) => text);
}

function titleOf(changes: Partial<Notification>): string {
  return describeNotification(sampleNotification(changes)).title;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

it('says what is wrong, since when, what happens meanwhile, when it gets better and what to do', () => {
  expect(describeNotification(sampleNotification())).toMatchInlineSnapshot(`
    {
      "keys": [
        {
          "label": "OPENAI_API_KEY",
          "masked": "sk-…ab12",
          "text": "refused as invalid. Last error: Incorrect API key provided: [redacted]",
        },
        {
          "label": "OPENAI_API_KEY_2",
          "masked": "sk-…cd34",
          "text": "quota used up until 08:00 UTC",
        },
      ],
      "link": "https://keys.example/dashboard",
      "sections": [
        {
          "heading": "What is wrong",
          "text": "None of the 2 keys of OpenAI can be used.",
        },
        {
          "heading": "Started",
          "text": "03:12 UTC, 12 minutes ago",
        },
        {
          "heading": "What the service does meanwhile",
          "text": "Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).",
        },
        {
          "heading": "When it gets better",
          "text": "The first key is back in 4 hours, 36 minutes (08:00 UTC).",
        },
        {
          "heading": "What you can do",
          "text": "Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key). Raise the quota at the provider, or add a key with a quota of its own.",
        },
      ],
      "title": "OpenAI: no key left",
    }
  `);
});

it('says it in Brazilian Portuguese', () => {
  expect(describeNotification(sampleNotification({ locale: 'pt-BR' }))).toMatchInlineSnapshot(`
    {
      "keys": [
        {
          "label": "OPENAI_API_KEY",
          "masked": "sk-…ab12",
          "text": "recusada como inválida. Último erro: Incorrect API key provided: [redacted]",
        },
        {
          "label": "OPENAI_API_KEY_2",
          "masked": "sk-…cd34",
          "text": "cota esgotada até 08:00 UTC",
        },
      ],
      "link": "https://keys.example/dashboard",
      "sections": [
        {
          "heading": "O que está errado",
          "text": "Nenhuma das 2 chaves de OpenAI pode ser usada.",
        },
        {
          "heading": "Início",
          "text": "03:12 UTC, há 12 minutos",
        },
        {
          "heading": "O que o serviço faz enquanto isso",
          "text": "As chamadas estão falhando, a menos que esperem (onExhausted: 'wait') ou continuem com outro pool (fallbackTo).",
        },
        {
          "heading": "Quando melhora",
          "text": "A primeira chave volta daqui a 4 horas e 36 minutos (08:00 UTC).",
        },
        {
          "heading": "O que você pode fazer",
          "text": "Crie uma chave nova no provedor e troque a recusada com replaceKey() ou refreshKeys(), ou reinicie o serviço. Se a chave estiver correta, chame enable(key). Aumente a cota no provedor ou adicione uma chave com cota própria.",
        },
      ],
      "title": "OpenAI: nenhuma chave disponível",
    }
  `);
});

it('names the pool unless it is the default one', () => {
  expect(titleOf({ alerts: [sampleAlert({ pool: 'batch' })] })).toBe('OpenAI (batch): no key left');
});

it.each([
  [{ rule: 'key.invalid', usable: 3 }, 'Calls go on with the other 3 keys.'],
  [{ rule: 'key.invalid', usable: 1 }, 'Calls go on with the other key.'],
  [
    { rule: 'key.invalid', usable: 0 },
    "Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).",
  ],
  [{ rule: 'last.key', usable: 1 }, 'Calls go on with this key. If it fails too, calls fail.'],
])('says what calls do meanwhile: %o', (alert, text) => {
  expect(textsOf({ alerts: [sampleAlert(alert)] })).toContain(text);
});

describe('when it gets better', () => {
  function recovery(changes: Partial<Alert>, more: Partial<Notification> = {}): string | undefined {
    return textsOf({ alerts: [sampleAlert(changes)], ...more })[3];
  }

  it('is not by itself if no time is known', () => {
    const { backAtMs: _none, ...alert } = sampleAlert();
    expect(textsOf({ alerts: [alert] })[3]).toBe('This needs a person.');
  });

  it('is a duration and a time of today', () => {
    expect(recovery({ backAtMs: atMs + 90_000 })).toBe('The first key is back in 2 minutes (03:25 UTC).');
    expect(recovery({ backAtMs: atMs + 5000 })).toBe('The first key is back in less than a minute (03:24 UTC).');
  });

  it('is when a refused key is tried once more', () => {
    const { backAtMs: _none, ...alert } = sampleAlert({
      rule: 'key.invalid',
      values: { triedAgainAtMs: atMs + 6 * hourMs },
    });
    expect(textsOf({ alerts: [alert] })[3]).toBe(
      'This needs a person. The key is retried in 6 hours (09:24 UTC), in case the provider accepts it again.',
    );
  });

  it('names the day if it is another one in the time zone of the reader', () => {
    const backAtMs = atMs + dayMs + 2 * hourMs;
    expect(recovery({ backAtMs })).toBe('The first key is back in 1 day, 2 hours (Tue, Dec 1, 05:24 UTC).');
    expect(recovery({ backAtMs: atMs + hourMs }, { timeZone: 'America/Noronha' })).toBe(
      'The first key is back in 1 hour (02:24 GMT-2).',
    );
    expect(recovery({ backAtMs: atMs }, { timeZone: 'America/Sao_Paulo', locale: 'pt-BR' })).toBe(
      'A primeira chave volta daqui a menos de um minuto (00:24 BRT).',
    );
    expect(recovery({ backAtMs: atMs - hourMs }, { timeZone: 'America/Sao_Paulo' })).toContain('Sun, Nov 29, 23:24');
  });
});

it('advises what fits the state of the keys, each thing once', () => {
  const keys = [usedUpKey('A'), usedUpKey('B'), refusedKey('C', { reason: 'operator' })];
  expect(textsOf({ alerts: [sampleAlert({ keys })] })[4]).toBe(
    'Raise the quota at the provider, or add a key with a quota of its own. Call enable() for the keys that were switched off by hand.',
  );
});

it('gives each of several alerts a section with its title, and lists each key once', () => {
  const key = refusedKey('OPENAI_API_KEY');
  const { title, sections, keys } = describeNotification(
    sampleNotification({
      alerts: [
        sampleAlert({ rule: 'last.key', usable: 1, keys: [key] }),
        sampleAlert({ rule: 'key.invalid', usable: 1, keys: [key] }),
        resolvedAlert({ rule: 'store.away', values: { store: 'redis' } }),
      ],
    }),
  );
  expect(title).toBe('OpenAI: one key left (and 2 more)');
  expect(sections.map(({ heading }) => heading)).toEqual([
    'OpenAI: one key left',
    'OpenAI: OPENAI_API_KEY is refused',
    'OpenAI: the redis store does not answer (resolved)',
  ]);
  expect(sections[1]?.text.split('\n')).toEqual([
    'The provider refuses this key as invalid.',
    'Started: 03:12 UTC, 12 minutes ago',
    'Calls go on with the other key.',
    'This needs a person. The key is retried in 4 hours, 36 minutes (08:00 UTC), in case the provider accepts it again.',
  ]);
  expect(sections[0]?.text).toContain('Create a new key at the provider');
  expect(sections[2]?.text).toBe('The store answers again. It lasted 42 minutes: from 02:42 UTC to 03:24 UTC.');
  expect(keys.map(({ label }) => label)).toEqual(['OPENAI_API_KEY']);
});

it('begins with what is better when nothing that fires is as bad', () => {
  const alerts = [
    sampleAlert({ rule: 'last.key', severity: 'warning' }),
    resolvedAlert({ usable: 1 }),
    resolvedAlert({ rule: 'store.away', severity: 'warning', values: { store: 'redis' } }),
  ];
  const { title, sections } = describeNotification(sampleNotification({ alerts }));
  expect(title).toBe('OpenAI: one key left (and 2 more)');
  expect(sections.map(({ heading }) => heading)).toEqual([
    'OpenAI: no key left (resolved)',
    'OpenAI: one key left',
    'OpenAI: the redis store does not answer (resolved)',
  ]);
  expect(sections[0]?.text).toMatch(/^Calls work again\. 1 of 2 keys can be used\./);
});

it('says of a summary how many changes it stands for, and what is wrong now', () => {
  expect(titleOf({ kind: 'summary', count: 7 })).toBe('OpenAI: 7 changes within an hour');
  expect(textsOf({ kind: 'summary', count: 7 })[0]).toBe('The keys change often. This message stands for 7 changes.');
  expect(textsOf({ kind: 'summary', count: 7, alerts: [] })).toEqual([
    'The keys change often. This message stands for 7 changes. Nothing is wrong.',
  ]);
});

it('says in a digest what is wrong, or that nothing is', () => {
  expect(titleOf({ kind: 'digest' })).toBe('OpenAI: 1 problem');
  expect(textsOf({ kind: 'digest' })).toContain('None of the 2 keys of OpenAI can be used.');
  expect(titleOf({ kind: 'digest', alerts: [], locale: 'pt-BR' })).toBe('OpenAI: tudo em ordem');
  expect(textsOf({ kind: 'digest', alerts: [] })).toEqual(['This overview comes once a day. Nothing is wrong.']);
});

it('says that a test is one', () => {
  const test = sampleNotification({ kind: 'test', alerts: [], severity: 'info' });
  expect(describeNotification(test)).toEqual({
    title: 'A test message',
    sections: [{ heading: 'What this is', text: 'Alerts of API Key Fallback arrive here. Nothing is wrong.' }],
    keys: [],
    link: 'https://keys.example/dashboard',
  });
});

it('lists the keys of what is wrong, not those of what is over, whose states are old', () => {
  const alerts = [sampleAlert({ keys: [usedUpKey('A')] }), resolvedAlert({ keys: [refusedKey('B')] })];
  expect(describeNotification(sampleNotification({ alerts })).keys.map(({ label }) => label)).toEqual(['A']);
});

it('says of a key without room until when', () => {
  const full = { ...usedUpKey('A'), state: 'healthy', reason: 'requestsPerDay' } as const;
  const { keys, sections } = describeNotification(sampleNotification({ alerts: [sampleAlert({ keys: [full] })] }));
  expect(keys[0]?.text).toBe('limit reached until 08:00 UTC');
  expect(sections.at(-1)?.text).toBe('Raise the limit of the keys, or add a key.');
});

it('has no key, though an own rule and an error line hold one', () => {
  const secret = 'a-secret-without-any-pattern-0001';
  createTestManager(
    { name: customProvider('quiet'), displayName: 'Quiet', env: 'QUIET_KEY', classifyError: () => undefined },
    { keys: [secret] },
  );
  const keys = [refusedKey('A', { lastError: `refused ${secret}`, label: secret })];
  const notification = sampleNotification({
    alerts: [sampleAlert({ rule: secret, message: `It is ${secret}.`, keys })],
  });
  expect(JSON.stringify(describeNotification(notification))).not.toContain('without-any-pattern');
});

it('stays short: of many alerts and keys the first ones are shown, and the others counted', () => {
  const keys = Array.from({ length: 24 }, (_, index) => refusedKey(`KEY_${index}`, { lastError: 'é'.repeat(5000) }));
  const alerts = Array.from({ length: 11 }, () => sampleAlert({ rule: 'own', message: '🔑'.repeat(5000), keys }));
  const message = describeNotification(sampleNotification({ alerts }));
  expect(message.keys).toHaveLength(10);
  expect(message.sections.slice(-2)).toEqual([
    { heading: 'What is wrong', text: 'And 3 more problems.' },
    { heading: 'Keys', text: '10 of 24 keys are shown.' },
  ]);
  expect(JSON.stringify(message).length).toBeLessThan(20_000);
  expect(message.sections[0]?.text.isWellFormed()).toBe(true);
});
