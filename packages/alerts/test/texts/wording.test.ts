import { describeNotification, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { refusedKey, sampleAlert, sampleNotification } from '../sample-notification.ts';

function textsOf(changes: Partial<Notification>): string[] {
  return describeNotification(sampleNotification(changes)).sections.map(({ text }) => text);
}

function titleOf(changes: Partial<Notification>): string {
  return describeNotification(sampleNotification(changes)).title;
}

it.each([
  ['en', 'OpenAI: 1 change within an hour', 'stands for 1 change.', 'another key 1 time within 5 minutes.'],
  ['pt-BR', 'OpenAI: 1 mudança em uma hora', 'resume 1 mudança.', 'trocar de chave 1 vez em 5 minutos.'],
] as const)('counts one thing as one (%s)', (locale, title, change, time) => {
  expect(titleOf({ locale, kind: 'summary', count: 1 })).toBe(title);
  expect(textsOf({ locale, kind: 'summary', count: 1 })[0]).toContain(change);
  const alerts = [sampleAlert({ rule: 'failover.rate', values: { count: 1, windowMs: 300_000 } })];
  expect(textsOf({ locale, alerts })[0]).toContain(time);
});

it.each([
  ['en', 'source.stale', { source: 'function' }, 'The keys of OpenAI cannot be loaded from the key source.'],
  ['pt-BR', 'source.stale', { source: 'function' }, 'carregar as chaves de OpenAI a partir da origem das chaves.'],
  ['pt-BR', 'store.away', { store: 'file' }, 'porque o armazenamento em arquivo não responde.'],
  ['pt-BR', 'store.away', { store: 'redis' }, 'porque o Redis não responde.'],
  ['pt-BR', 'store.away', { store: 'dynamo' }, 'porque o armazenamento dynamo não responde.'],
] as const)('names the source and the store in the words of the language: %s, %s, %o', (locale, rule, values, text) => {
  expect(textsOf({ locale, alerts: [sampleAlert({ rule, values })] })[0]).toContain(text);
});

it('advises on a refused key also when the next call tries it again', () => {
  const keys = [refusedKey('A', { state: 'recovering' })];
  const { keys: shown, sections } = describeNotification(
    sampleNotification({ alerts: [sampleAlert({ rule: 'key.invalid', keys })] }),
  );
  expect(sections.at(-1)?.text).toContain('Create a new key at the provider');
  expect(shown[0]?.text).toContain('refused as invalid');
});
