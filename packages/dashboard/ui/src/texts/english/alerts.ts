/** What a rule has measured, or its options, as texts; '' for what is not known. */
interface RuleFacts {
  readonly count: number;
  readonly share: string;
  readonly limit: string;
  readonly used: string;
  readonly max: string;
  readonly duration: string;
  readonly name: string;
}

type RuleText = (facts: RuleFacts) => string;

/** What is wrong, after the name of the provider. */
const problems: Readonly<Record<string, RuleText>> = {
  'provider.exhausted': () => 'no key can be used',
  'operation.exhausted': ({ name }) => `no key can be used for ${name}`,
  'last.key': () => 'only one key is left',
  'key.invalid': ({ count }) => (count > 1 ? `${count} keys are refused` : 'a key is refused'),
  'quota.high': ({ share, limit, used, max }) => `${share} of ${limit} is used, ${used} of ${max}`,
  'source.stale': ({ name }) => `keys cannot be loaded from ${name}`,
  'store.away': ({ name }) => `the ${name} store is away`,
  'keys.degraded': ({ share }) => `${share} of the keys cannot be used`,
  'failover.rate': ({ count, duration }) => `${count} calls fell over within ${duration}`,
};

/** When a rule fires, for its options. */
const conditions: Readonly<Record<string, RuleText>> = {
  'provider.exhausted': () => 'no key of a provider can be used',
  'operation.exhausted': () => 'no key can be used for one operation, while others go on',
  'last.key': () => 'only one key of a provider can be used',
  'key.invalid': () => 'a key is refused',
  'quota.high': ({ share }) => `${share} of a daily limit is used`,
  'source.stale': ({ duration }) => `keys could not be loaded for ${duration}`,
  'store.away': () => 'the store is away',
  'keys.degraded': ({ share }) => `${share} of the keys or more cannot be used`,
  'failover.rate': ({ count, duration }) => `${count} calls or more fall over within ${duration}`,
};

export const alerts = {
  title: 'Alerts',
  inCode: 'Rules and channels are set in code.',
  firing: 'Firing',
  noneFiring: 'No alert is firing.',
  pending: 'Pending',
  nonePending: 'No alert is pending.',
  muted: 'Muted',
  mutedBy: (rule: string) => `muted by ${rule}`,
  lasts: (time: string) => `for ${time}`,
  firesIn: (time: string) => `fires in ${time} if it lasts`,
  firesSoon: 'about to fire',
  backIn: (time: string) => `better in ${time}`,
  moreKeys: (count: string) => `+${count}`,
  severities: { critical: 'Critical', warning: 'Warning', info: 'Info' },
  rules: 'Rules',
  rule: 'Rule',
  firesWhen: 'Fires when',
  severity: 'Severity',
  off: 'off',
  ownRule: 'a custom rule matches',
  forLonger: (text: string, time: string) => `${text}, for over ${time}`,
  problems,
  conditions,
  channels: 'Channels',
  noDelivery: 'nothing sent yet',
  delivered: (time: string, duration: string) => `delivered ${time} · ${duration}`,
  failing: (tries: string) => `failing, try ${tries} of 5`,
  stopped: 'stopped',
  waiting: (count: number, shown: string) => (count === 1 ? '1 message waits' : `${shown} messages wait`),
  lost: (count: number, shown: string) => (count === 1 ? '1 message lost' : `${shown} messages lost`),
  test: 'Send a test',
  testOf: (channel: string) => `Send a test to ${channel}`,
  testing: 'Sending…',
  testDelivered: (channel: string, duration: string) => `Test delivered to ${channel} in ${duration}`,
  testFailed: (channel: string, why: string) => `Test to ${channel} not delivered${why === '' ? '' : `: ${why}`}`,
  deliveries: 'Last deliveries',
  noDeliveries: 'Nothing was sent yet.',
  about: (name: string, kind: string) => `${name}: ${kind}`,
  kinds: {
    alert: 'alert',
    reminder: 'reminder',
    resolved: 'resolved',
    summary: 'summary',
    digest: 'daily overview',
    test: 'test',
  } as Readonly<Record<string, string>>,
  notDelivered: 'not delivered',
  tries: (count: number, shown: string) => (count === 1 ? '1 try' : `${shown} tries`),
  notSetUp: {
    title: 'Alerts are not set up',
    text: 'When keys need attention, alerts send a message to Slack, Teams, Discord, e-mail or a webhook. This page then shows those that fire.',
    install: 'Install the package',
    write: 'Pass the alerts to the dashboard',
  },
};
