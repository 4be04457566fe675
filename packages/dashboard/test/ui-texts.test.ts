import { watchKeys } from '@api-key-fallback/alerts';
import { eventNames } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { alerts as portugueseAlerts } from '../ui/src/texts/brazilian-portuguese/alerts.ts';
import { events as portugueseEvents } from '../ui/src/texts/brazilian-portuguese/events.ts';
import { alerts as englishAlerts } from '../ui/src/texts/english/alerts.ts';
import { events as englishEvents } from '../ui/src/texts/english/events.ts';

/** Events of calls that go well. The feed leaves them out. */
const routine = ['key.selected', 'attempt.started', 'attempt.succeeded', 'call.succeeded', 'call.aborted'];
const shown = [...eventNames.filter((name) => !routine.includes(name)), 'alert.tested'];
const nothing = {
  until: '',
  reason: '',
  actor: '',
  next: '',
  attempt: '',
  limit: '',
  message: '',
  retryIn: '',
  latency: '',
  store: '',
  source: '',
  channel: '',
  added: 0,
  removed: 0,
};

describe.each([
  ['English', englishEvents],
  ['Brazilian Portuguese', portugueseEvents],
])('the texts of events in %s', (_, { names }) => {
  it('are there for each event of the feed', () => {
    expect(Object.keys(names)).toEqual(expect.arrayContaining(shown));
  });

  it('leave out what an event does not have', () => {
    const all = Object.values(names).map((text) => text(nothing));
    expect(all.filter((text) => /\(\)|: *$|undefined/.test(text))).toEqual([]);
  });
});

it('has the same texts of events in both languages', () => {
  expect(Object.keys(portugueseEvents.names).toSorted()).toEqual(Object.keys(englishEvents.names).toSorted());
});

it('shows who did it, and until when', () => {
  const facts = { ...nothing, actor: 'ana', until: '14:33', reason: 'rate_limit_exceeded' };
  expect(englishEvents.names['key.cooled-down']?.(facts)).toBe('Cooling until 14:33 (rate_limit_exceeded)');
  expect(englishEvents.names['key.disabled:operator']?.(facts)).toBe('Disabled by ana');
  expect(portugueseEvents.names['key.cooled-down']?.(facts)).toBe('Em espera até 14:33 (rate_limit_exceeded)');
  expect(portugueseEvents.names['key.disabled:operator']?.(facts)).toBe('Desativada por ana');
});

describe.each([
  ['English', englishAlerts],
  ['Brazilian Portuguese', portugueseAlerts],
])('the texts of alerts in %s', (_, { problems, conditions }) => {
  it('are there for each built-in rule', async () => {
    const watch = watchKeys({ channels: [() => undefined] });
    const names = watch.rules().map(({ name }) => name);
    await watch.close();
    expect(names).toContain('provider.exhausted');
    expect(Object.keys(problems).toSorted()).toEqual(names.toSorted());
    expect(Object.keys(conditions).toSorted()).toEqual(names.toSorted());
  });
});
