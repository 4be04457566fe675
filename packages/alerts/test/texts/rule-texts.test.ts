import { describeNotification, type Alert, type Notification } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { atMs, refusedKey, resolvedAlert, sampleAlert, sampleNotification } from '../sample-notification.ts';

function textsOf(changes: Partial<Notification>): string[] {
  return describeNotification(sampleNotification(changes)).sections.map(({ text }) => text);
}

function titleOf(changes: Partial<Notification>): string {
  return describeNotification(sampleNotification(changes)).title;
}

const hourMs = 3_600_000;

interface Case {
  readonly alert: Partial<Alert>;
  readonly title: Readonly<Record<Notification['locale'], string>>;
}

const cases: readonly Case[] = [
  {
    alert: { rule: 'provider.exhausted' },
    title: { en: 'OpenAI: no key left', 'pt-BR': 'OpenAI: nenhuma chave disponível' },
  },
  {
    alert: { rule: 'provider.exhausted', total: 0, keys: [], values: { source: 'Vault' } },
    title: { en: 'OpenAI: no key left', 'pt-BR': 'OpenAI: nenhuma chave disponível' },
  },
  {
    alert: { rule: 'last.key', usable: 1, total: 3 },
    title: { en: 'OpenAI: one key left', 'pt-BR': 'OpenAI: só resta uma chave' },
  },
  {
    alert: { rule: 'key.invalid', usable: 3, total: 4, keys: [refusedKey('KEY_2')] },
    title: { en: 'OpenAI: KEY_2 is refused', 'pt-BR': 'OpenAI: KEY_2 foi recusada' },
  },
  {
    alert: { rule: 'quota.high', keys: [], values: { share: 0.997, resetsAtMs: atMs + hourMs } },
    title: {
      en: 'OpenAI: much of the daily quota is used',
      'pt-BR': 'OpenAI: boa parte da cota diária já foi usada',
    },
  },
  {
    alert: { rule: 'source.stale', keys: [], values: { source: 'Vault', lastSuccessAtMs: atMs - hourMs } },
    title: { en: 'OpenAI: keys cannot be loaded', 'pt-BR': 'OpenAI: não foi possível carregar as chaves' },
  },
  {
    alert: { rule: 'store.away', keys: [], values: { store: 'redis' } },
    title: { en: 'OpenAI: the redis store does not answer', 'pt-BR': 'OpenAI: o Redis não responde' },
  },
  {
    alert: { rule: 'keys.degraded', usable: 2, total: 4 },
    title: { en: 'OpenAI: several keys cannot be used', 'pt-BR': 'OpenAI: várias chaves fora de uso' },
  },
  {
    alert: { rule: 'failover.rate', values: { count: 1234, windowMs: 300_000 } },
    title: {
      en: 'OpenAI: calls often change keys',
      'pt-BR': 'OpenAI: as chamadas trocam de chave com frequência',
    },
  },
  {
    alert: { rule: 'staging.keys', message: 'A key of staging is in production.' },
    title: { en: 'OpenAI: staging.keys', 'pt-BR': 'OpenAI: staging.keys' },
  },
  { alert: { rule: 'constructor' }, title: { en: 'OpenAI: constructor', 'pt-BR': 'OpenAI: constructor' } },
];

describe.each(cases)('$alert.rule', ({ alert, title }) => {
  it.each(['en', 'pt-BR'] as const)('has a title that stays when it is over, and whole sentences (%s)', (locale) => {
    const firing = { locale, alerts: [sampleAlert(alert)] };
    const over = { locale, kind: 'resolved', alerts: [resolvedAlert(alert)] } as const;
    expect(titleOf(firing)).toBe(title[locale]);
    expect(titleOf({ ...over, alerts: [resolvedAlert({ ...alert, usable: 4, total: 4 })] })).toBe(title[locale]);
    for (const text of [...textsOf(firing), ...textsOf(over)]) {
      expect(text).toMatch(/^\p{Lu}|^\d/u);
      expect(text).toMatch(/\.$| ago$|, há \d+ minutos$/);
      expect(text).not.toMatch(/undefined|NaN|null|\[object|\s{2}|\.\./);
    }
  });
});
