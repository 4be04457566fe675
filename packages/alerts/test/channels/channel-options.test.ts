import {
  alertmanager,
  discord,
  email,
  slack,
  teams,
  webhook,
  type Channel,
  type WebhookOptions,
} from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';

const hidden = 'T0001-hidden';

type MakeChannel = (url: string, options?: object) => Channel;

describe.each<[string, MakeChannel]>([
  ['slack', slack],
  ['discord', discord],
  ['teams', teams],
  ['webhook', webhook],
  ['alertmanager', alertmanager],
])('%s()', (name, makeChannel) => {
  it('has its kind as its name, unless it is named', () => {
    expect(makeChannel(`https://hooks.example/${hidden}`).name).toBe(name);
    expect(makeChannel(`https://hooks.example/${hidden}`, { name: 'ops', minSeverity: 'critical' })).toMatchObject({
      name: 'ops',
      minSeverity: 'critical',
    });
  });

  it.each([
    [undefined, 'is undefined: its environment variable is not set'],
    [42, 'must be a text'],
    [`hooks.example/${hidden}`, 'is not a whole URL'],
    ['', 'is not a whole URL'],
    [`ftp://hooks.example/${hidden}`, 'must begin with https://'],
    [`https://user:${hidden}@hooks.example/`, 'must not contain a user name or password'],
  ])('refuses %s, and does not show it', (url, mistake) => {
    const make = () => makeChannel(url as string);
    expect(make).toThrow(`The URL of ${name}() ${mistake}. Write ${name}('http`);
    expect(make).not.toThrow(hidden);
  });

  it.each([
    [{ minSeverity: 'fatal' }, '"minSeverity" must be one of critical, warning, info; it is "fatal".'],
    [
      { name: `https://hooks.example/${hidden}` },
      '"name" must be a text of 1 to 64 characters in one line, without a URL or a key, and not only dots.',
    ],
    [{ name: '' }, '"name" must be'],
    [{ name: '.' }, 'not only dots'],
    [{ name: '..' }, 'not only dots'],
    [{ name: 'two\nlines' }, '"name" must be'],
    [{ severity: 'warning' }, 'Unknown option "severity". Known: name, minSeverity'],
  ])('refuses the options %o', (options, mistake) => {
    const make = () => makeChannel('https://hooks.example/', options);
    expect(make).toThrow(mistake);
    expect(make).not.toThrow(hidden);
  });
});

it('takes http for a URL that is a secret only on this machine', () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    expect(slack(`http://${host}:8080/${hidden}`).name).toBe('slack');
  for (const host of ['hooks.example', '10.0.0.1', 'localhost.example']) {
    expect(() => slack(`http://${host}/${hidden}`)).toThrow('must begin with https://, because it is a secret');
  }
  expect(alertmanager('http://alertmanager:9093').name).toBe('alertmanager');
  expect(webhook('http://alerts.internal/').name).toBe('webhook');
});

it.each<[WebhookOptions, string]>([
  [{ secret: hidden }, '"secret" must be 24 to 64 bytes in base64.'],
  [{ secret: '' }, '"secret" must be'],
  [{ secret: undefined }, '"secret" must be'],
  [{ secret: `whsec_${'A'.repeat(200)}` }, '"secret" must be'],
  [{ secret: `whsec_${'A'.repeat(32)}!${hidden}` }, '"secret" must be'],
  [{ headers: { [hidden]: 'line\nbreak' } }, '"headers" must be an object of texts that HTTP can carry.'],
  [{ headers: { 'no name': hidden } }, '"headers" must be'],
])('webhook() refuses a secret and headers that cannot be used, and does not show them: %#', (options, mistake) => {
  const make = () => webhook('https://hooks.example/', options);
  expect(make).toThrow(mistake);
  expect(make).not.toThrow(hidden);
});

it.each([
  [{ transport: 'smtp://localhost' }, '"transport" must be a transporter of nodemailer.'],
  [{ from: 'nobody' }, '"from" must be an address.'],
  [{ from: 'a@example.com\r\nBcc: b@example.com' }, '"from" must be an address.'],
  [{ to: [] }, '"to" must be an address, or a list of addresses.'],
  [{ to: ['a@example.com', ''] }, '"to" must be'],
  [{ to: undefined }, '"to" must be'],
])('email() refuses %o', (wrong, mistake) => {
  const options = { transport: { sendMail: async () => {} }, from: 'a@example.com', to: 'b@example.com' };
  expect(() => email({ ...options, ...(wrong as object) })).toThrow(mistake);
});
