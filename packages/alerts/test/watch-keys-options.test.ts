import { InvalidOptionsError, registry } from '@api-key-fallback/core';
import { email, slack, watchKeys, type WatchKeysOptions } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { Scene } from './scene.ts';

const channels = [() => {}];
const send = async (): Promise<void> => {};
const evaluate = (): string => '';

/** The message of the error that these options provoke. */
function mistake(options: object): string {
  try {
    void watchKeys(options as WatchKeysOptions).close();
  } catch (error) {
    return error instanceof InvalidOptionsError ? error.message : `no InvalidOptionsError: ${String(error)}`;
  }
  return 'none';
}

it.each([
  [{}, '"channels" must be a list of at least one channel, for example [slack(url)]; it is undefined.'],
  [{ channels: [] }, '"channels" must be a list of at least one channel, for example [slack(url)]; it is a list.'],
  [
    { channels: ['https://hooks.example.com/secret'] },
    '"channels[0]" must be a channel, for example slack(url), or a function',
  ],
  [{ channels: [slack] }, '"channels[0]" is the function that makes a channel. Write slack(url).'],
  [{ channels: [email] }, '"channels[0]" is the function that makes a channel. Write email({ transport, from, to }).'],
  [
    { channels: [...channels, { name: 'pager', minSeverity: 'error', send }] },
    '"channels[1].minSeverity" must be one of critical, warning, info; it is "error".',
  ],
  [
    { channels: [{ send }] },
    '"channels[0].name" must be a text of 1 to 64 characters in one line, without a URL or a key, and not only dots.',
  ],
  [{ channels: [{ name: 'two\nlines', send }] }, '"channels[0].name" must be a text'],
  [{ channels: [{ name: 'https://hooks.example.com/secret', send }] }, '"channels[0].name" must be a text'],
  [{ channels: [{ name: 'pager sk-abcdefghijklmnopqrstuv', send }] }, '"channels[0].name" must be a text'],
  [{ channels, group_wait: 1 }, 'Unknown option "group_wait". Did you mean "groupWaitMs"?'],
  [{ channels, groupWaitMs: '10s' }, '"groupWaitMs" must be a number of milliseconds'],
  [{ channels, groupIntervalMs: -1 }, '"groupIntervalMs" must be a number of milliseconds'],
  [{ channels, repeatIntervalMs: 0 }, '"repeatIntervalMs" must be a time in ms above 0, or Infinity for no reminders;'],
  [{ channels, sendResolved: 'no' }, '"sendResolved" must be true or false; it is "no".'],
  [{ channels, locale: 'fr' }, '"locale" must be one of en, pt-BR; it is "fr".'],
  [{ channels, logger: {} }, '"logger" needs the methods debug, info, warn and error; debug is missing.'],
  [{ channels, dashboardUrl: 'keys.example.com' }, '"dashboardUrl" must be an http(s) URL.'],
  [{ channels, dashboardUrl: 'javascript:alert(1)' }, '"dashboardUrl" must be an http(s) URL.'],
  [{ channels, managers: registry }, '"managers" must be a list of at least one key manager, for example [manager];'],
  [
    { channels, managers: [] },
    '"managers" must be a list of at least one key manager, for example [manager]; it is a list.',
  ],
  [
    { channels, dashboardUrl: 'https://keys.example.com/?key=secret' },
    '"dashboardUrl" must not contain a key, or a parameter "key" or "api_key", because messages show it.',
  ],
  [{ channels, rules: { 'last.keys': false } }, 'Unknown option "rules.last.keys". Did you mean "rules.last.key"?'],
  [{ channels, rules: { 'last.key': 'off' } }, `"rules['last.key']" must be an object;`],
  [{ channels, rules: { 'last.key': { share: 1 } } }, `Unknown option "rules['last.key'].share".`],
  [{ channels, rules: { 'last.key': { forMs: -1 } } }, `"rules['last.key'].forMs" must be a number of milliseconds`],
  [
    { channels, rules: { 'quota.high': { share: 90 } } },
    `"rules['quota.high'].share" must be a number above 0, up to 1;`,
  ],
  [
    { channels, rules: { 'quota.high': { severity: 'high' } } },
    `"rules['quota.high'].severity" must be one of critical, warning, info; it is "high".`,
  ],
  [
    { channels, rules: { 'failover.rate': { count: 1.5 } } },
    `"rules['failover.rate'].count" must be a whole number from 1;`,
  ],
  [
    { channels, rules: { 'failover.rate': { windowMs: 1e9 } } },
    `"rules['failover.rate'].windowMs" must be a time in ms above 0, up to 3600000;`,
  ],
  [{ channels, rules: { 'source.stale': { afterMs: 'x' } } }, `"rules['source.stale'].afterMs" must be a number of`],
  [{ channels, extraRules: {} }, '"extraRules" must be a list of rules, for example [{ name, evaluate }];'],
  [{ channels, extraRules: [{ evaluate }] }, '"extraRules[0].name" must be a name of 1 to 64 characters'],
  [
    { channels, extraRules: [{ name: 'a' }] },
    '"extraRules[0].evaluate" must be a function: (status) => text or undefined;',
  ],
  [
    { channels, extraRules: [{ name: 'last.key', evaluate }] },
    'Two rules have the name "last.key". Rename the one in "extraRules".',
  ],
  [
    { channels, quietHours: { from: '22:00' } },
    '"quietHours.to" must be a time from 00:00 to 23:59, for example "07:00";',
  ],
  [
    { channels, quietHours: { from: '22:00', to: '22:00', timeZone: 'UTC' } },
    '"quietHours.to" must be another time than "quietHours.from"; it is "22:00".',
  ],
  [
    { channels, quietHours: { from: '22:00', to: '24:00', timeZone: 'UTC' } },
    '"quietHours.to" must be a time from 00:00 to 23:59, for example "07:00"; it is "24:00".',
  ],
  [
    { channels, quietHours: { from: '22:00', to: '07:00', timeZone: 'Brasilia' } },
    '"quietHours.timeZone" must be an IANA time zone, for example America/Sao_Paulo; it is "Brasilia".',
  ],
  [{ channels, digest: { at: '9:00', timeZone: 'UTC' } }, '"digest.at" must be a time from 00:00 to 23:59'],
  [{ channels, digest: { at: '09:00' } }, '"digest.timeZone" must be an IANA time zone'],
  [{ channels, runtime: 1 }, '"runtime" must be an object with now, timer, sleep or random; it is 1.'],
])('says what to write instead of %j', (options, message) => {
  expect(mistake(options)).toContain(message);
});

it('shows neither channels nor links, which can hold secrets', () => {
  expect(mistake({ channels: ['https://hooks.example.com/secret'] })).not.toContain('secret');
  expect(mistake({ channels: [{ name: 'https://hooks.example.com/secret', send }] })).not.toContain('secret');
  expect(mistake({ channels, dashboardUrl: 'ftp://user:secret@example.com' })).not.toContain('secret');
  expect(mistake({ channels, dashboardUrl: 'https://example.com/?api_key=secret' })).not.toContain('secret');
});

it('refuses two managers of one pool, which would be one alert', () => {
  const scene = new Scene();
  const managers = [scene.manager(['a']), scene.manager(['b'])];
  expect(mistake({ channels, managers })).toContain('give one of them a { pool } of its own');
});

it('takes all options', async () => {
  const watch = watchKeys({
    channels: [{ name: 'own', minSeverity: 'critical', send: async () => {} }, ...channels],
    managers: [new Scene().manager(['a'])],
    rules: { 'last.key': false, 'quota.high': { share: 0.8, severity: 'critical' }, 'failover.rate': true },
    extraRules: [{ name: 'own', evaluate: () => undefined }],
    groupWaitMs: 0,
    groupIntervalMs: 0,
    repeatIntervalMs: Infinity,
    sendResolved: false,
    locale: 'pt-BR',
    dashboardUrl: 'http://localhost:4321/keys',
    quietHours: { from: '22:00', to: '07:00', timeZone: 'America/Sao_Paulo', minSeverity: 'warning' },
    digest: { at: '09:00', timeZone: 'America/Sao_Paulo' },
    logger: false,
  });
  expect(watch.firing()).toEqual([]);
  await watch.close();
});
