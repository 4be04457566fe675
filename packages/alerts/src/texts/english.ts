import { unnamedSource, type Phrases, type Situation } from './phrases.ts';

function keys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`;
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

function callsGoOn({ usable }: Situation): string {
  if (usable === 0) return callsFail;
  return usable === 1 ? 'Calls go on with the other key.' : `Calls go on with the other ${usable} keys.`;
}

function usableAgain({ usable, total, isUnproven }: Situation): string {
  if (isUnproven) return `${usable} of ${keys(total)} can be tried again. No call has tried them since.`;
  return `${usable} of ${keys(total)} can be used.`;
}

function firstKeyBack(at: string | undefined): string {
  return at === undefined ? notByItself : `The first key is back ${at}.`;
}

function cannotBeLoaded(name: string, place: string): string {
  return `The keys of ${name} cannot be loaded from ${place === unnamedSource ? 'the key source' : place}.`;
}

const callsFail = "Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).";
const noKeysYet = 'Calls fail: there are no keys yet.';
const untilLoaded = 'It gets better as soon as the keys can be loaded. The service keeps trying.';
const checkSource = 'Check that the source can be reached, and that the service may read it.';
const notByItself = 'This needs a person.';

export const english: Phrases = {
  headings: {
    about: 'What this is',
    problem: 'What is wrong',
    since: 'Started',
    meanwhile: 'What the service does meanwhile',
    recovery: 'When it gets better',
    action: 'What you can do',
    over: 'What recovered',
  },
  keys: 'Keys',
  dashboard: 'Open the dashboard',
  severities: { critical: 'critical', warning: 'warning', info: 'info' },
  kinds: { reminder: 'reminder', resolved: 'resolved', digest: 'daily overview', test: 'test' },
  rules: {
    'provider.exhausted': {
      title: ({ name }) => `${name}: no key left`,
      problem: ({ name, total, place, hasNoKeysYet }) => {
        if (hasNoKeysYet) return cannotBeLoaded(name, place);
        return total === 1
          ? `The only key of ${name} cannot be used.`
          : `None of the ${total} keys of ${name} can be used.`;
      },
      meanwhile: ({ hasNoKeysYet }) => (hasNoKeysYet ? noKeysYet : callsFail),
      recovery: (at, { hasNoKeysYet }) => (hasNoKeysYet ? untilLoaded : firstKeyBack(at)),
      action: ({ hasNoKeysYet }) => (hasNoKeysYet ? checkSource : undefined),
      over: (situation) => (situation.isUnproven ? '' : 'Calls work again. ') + usableAgain(situation),
    },
    'operation.exhausted': {
      title: ({ name, place }) => `${name}: no key left for ${place}`,
      problem: ({ name, total, place }) =>
        total === 1
          ? `The only key of ${name} cannot be used for ${place}.`
          : `None of the ${total} keys of ${name} can be used for ${place}.`,
      meanwhile: () => 'Calls of this operation fail now. Other calls go on.',
      recovery: firstKeyBack,
      over: ({ place }) => `Calls of ${place} can go on.`,
    },
    'last.key': {
      title: ({ name }) => `${name}: one key left`,
      problem: ({ name, total }) => `Only one of the ${total} keys of ${name} can be used.`,
      meanwhile: () => 'Calls go on with this key. If it fails too, calls fail.',
      recovery: (at) => (at === undefined ? notByItself : `The next key is back ${at}.`),
      over: usableAgain,
    },
    'key.invalid': {
      title: ({ name, labels: [label, ...others] }) =>
        others.length === 0 ? `${name}: ${label ?? ''} is refused` : `${name}: ${others.length + 1} keys are refused`,
      problem: ({ labels }) =>
        labels.length > 1 ? 'The provider refuses these keys as invalid.' : 'The provider refuses this key as invalid.',
      meanwhile: callsGoOn,
      recovery: (at) =>
        at === undefined
          ? notByItself
          : `${notByItself} The key is retried ${at}, in case the provider accepts it again.`,
      over: (situation) => `The key works again, or has been replaced. ${usableAgain(situation)}`,
    },
    'quota.high': {
      title: ({ name }) => `${name}: much of the daily quota is used`,
      problem: ({ name, share }) => `The keys of ${name} have used ${share} of their daily quota.`,
      meanwhile: () => 'Calls go on until the quota is used up.',
      recovery: (at) =>
        at === undefined
          ? 'The quota starts again when the day of the provider ends.'
          : `The quota starts again ${at}.`,
      action: () => 'Send fewer requests, or add a key with a quota of its own.',
      over: () => 'Enough of the daily quota is left again.',
    },
    'source.stale': {
      title: ({ name }) => `${name}: keys cannot be loaded`,
      problem: ({ name, place }) => cannotBeLoaded(name, place),
      meanwhile: ({ hasNoKeysYet }) =>
        hasNoKeysYet ? noKeysYet : 'Calls go on with the last keys. New and replaced keys are not used yet.',
      recovery: () => untilLoaded,
      action: () => checkSource,
      over: () => 'The keys are loaded again.',
    },
    'store.away': {
      title: ({ name, place }) => `${name}: the ${place} store does not answer`,
      problem: ({ place }) =>
        `The processes cannot share what they know of the keys, because the ${place} store does not answer.`,
      meanwhile: () =>
        'Calls go on. Each process counts only its own requests, so the processes together can exceed a limit.',
      recovery: () => 'It gets better as soon as the store answers again.',
      action: () => 'Check the store, and the network between it and the service.',
      over: () => 'The store answers again.',
    },
    'keys.degraded': {
      title: ({ name }) => `${name}: several keys cannot be used`,
      problem: ({ name, usable, total }) => `${total - usable} of the ${total} keys of ${name} cannot be used.`,
      meanwhile: callsGoOn,
      recovery: (at) => (at === undefined ? notByItself : `The next key is back ${at}.`),
      over: usableAgain,
    },
    'failover.rate': {
      title: ({ name }) => `${name}: calls often change keys`,
      problem: ({ count, window }) =>
        `Calls had to take another key ${count === '1' ? '1 time' : `${count} times`} within ${window}.`,
      meanwhile: () => 'Calls go on, but take longer.',
      recovery: () => 'It gets better when the keys fail less often.',
      action: () => 'Look at the last errors of the keys, and at the status page of the provider.',
      over: () => 'Calls rarely change keys now.',
    },
  },
  ownRule: (message) => ({
    title: ({ name, rule }) => `${name}: ${rule}`,
    problem: ({ rule }) => message ?? `The rule ${rule} applies.`,
    over: ({ rule }) => `The rule ${rule} does not apply any more.`,
  }),
  actions: {
    'invalid-key':
      'Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key).',
    operator: 'Call enable() for the keys that were switched off by hand.',
    'quota-exhausted': 'Raise the quota at the provider, or add a key with a quota of its own.',
    'rate-limited': 'Send fewer requests at a time, or add a key.',
    limited: 'Raise the limit of the keys, or add a key.',
    cooling: 'Look at the status page of the provider.',
  },
  conditions: {
    healthy: () => 'works',
    limited: (until) => (until === undefined ? 'limit reached' : `limit reached until ${until}`),
    suspect: () => 'has failed just now',
    recovering: () => 'is tried again with the next call',
    cooling: (until) => (until === undefined ? 'keeps failing' : `keeps failing; pauses until ${until}`),
    'rate-limited': (until) => (until === undefined ? 'too many requests' : `too many requests; pauses until ${until}`),
    'quota-exhausted': (until) => (until === undefined ? 'quota used up' : `quota used up until ${until}`),
    'invalid-key': () => 'refused as invalid',
    operator: () => 'switched off by hand',
    disabled: () => 'switched off',
  },
  lastError: (line) => `Last error: ${line}`,
  lessThanAMinute: 'less than a minute',
  since: (start, duration) => `${start}, ${duration} ago`,
  lasted: (duration, start, end) => `It lasted ${duration}: from ${start} to ${end}.`,
  timeAhead: (duration, time) => `in ${duration} (${time})`,
  andMore: (title, others) => `${title} (and ${others} more)`,
  someKeys: (shown, total) => `${shown} of ${total} keys are shown.`,
  moreAlerts: (others) => (others === 1 ? 'And 1 more problem.' : `And ${others} more problems.`),
  summary: {
    title: (name, count) => `${name}: ${changes(count)} within an hour`,
    text: (count) => `The keys change often. This message stands for ${changes(count)}.`,
  },
  digest: {
    title: (name, problems) =>
      problems === 0 ? `${name}: all is well` : `${name}: ${problems} ${problems === 1 ? 'problem' : 'problems'}`,
    text: 'This overview comes once a day.',
  },
  test: { title: 'A test message', text: 'Alerts of API Key Fallback arrive here. Nothing is wrong.' },
  allIsWell: 'Nothing is wrong.',
};
