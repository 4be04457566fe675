import type { Panel } from './panel.ts';
import { selector } from './selector.ts';

const perSecond = (name: string, ...matchers: readonly string[]): string =>
  `rate(${selector(name, ...matchers)}[$__rate_interval])`;

/** The largest value of all processes, because those that share a store see the same. */
const ofAllProcesses = (labels: string, name: string, ...matchers: readonly string[]): string =>
  `max by (${labels}) (${selector(name, ...matchers)})`;

const daily = 'limit=~".+PerDay"';

function quantile(share: number): string {
  return `histogram_quantile(${share}, sum by (le) (${perSecond('call.duration_bucket')}))`;
}

const states = [
  { state: 'healthy', text: 'Healthy', color: 'green' },
  { state: 'recovering', text: 'Recovering', color: 'blue' },
  { state: 'suspect', text: 'Suspect', color: 'yellow' },
  { state: 'cooling', text: 'Cooling', color: 'orange' },
  { state: 'disabled', text: 'Disabled', color: 'red' },
] as const;

/** The place of the worst state in which a process has a key, from 0. */
const worstState = `max by (provider, pool, key) (${states
  .map(({ state }, place) => `(${selector('key.state', `state="${state}"`)} > bool 0) * ${place}`)
  .join(' or ')})`;

/** The panels of the dashboard, in their order. */
export const panels: readonly Panel[] = [
  {
    title: 'Calls by outcome',
    description: 'Exhausted: no key was left. Aborted: the caller has left.',
    type: 'timeseries',
    unit: 'reqps',
    width: 8,
    isStacked: true,
    targets: [{ expr: `sum by (outcome) (${perSecond('call.duration_count')})`, legend: '{{outcome}}' }],
  },
  {
    title: 'Success share',
    description: 'Of the calls that were not aborted.',
    type: 'timeseries',
    unit: 'percentunit',
    width: 8,
    max: 1,
    targets: [
      {
        expr:
          `sum by (provider) (${perSecond('call.duration_count', 'outcome="success"')})` +
          ` / sum by (provider) (${perSecond('call.duration_count', 'outcome!="aborted"')})`,
        legend: '{{provider}}',
      },
    ],
  },
  {
    title: 'Duration of calls',
    description: 'With all attempts, pauses and waits; a stream until its end.',
    type: 'timeseries',
    unit: 's',
    width: 8,
    targets: [
      { expr: quantile(0.5), legend: 'p50' },
      { expr: quantile(0.95), legend: 'p95' },
      { expr: quantile(0.99), legend: 'p99' },
    ],
  },
  {
    title: 'Attempts by outcome',
    description: 'Errors by the kind of the verdict.',
    type: 'timeseries',
    unit: 'reqps',
    width: 8,
    isStacked: true,
    targets: [
      { expr: `sum by (outcome, error_type) (${perSecond('attempts')})`, legend: '{{outcome}} {{error_type}}' },
    ],
  },
  {
    title: 'Fall-overs',
    description: 'Calls that gave up on a key and went on with the next one, by the last failure of the key.',
    type: 'timeseries',
    unit: 'ops',
    width: 8,
    targets: [
      { expr: `sum by (provider, error_type) (${perSecond('failovers')})`, legend: '{{provider}} {{error_type}}' },
    ],
  },
  {
    title: 'Calls without a key',
    description: 'Calls that had no key left, by what all keys had in common.',
    type: 'timeseries',
    unit: 'ops',
    width: 8,
    targets: [{ expr: `sum by (provider, reason) (${perSecond('exhaustions')})`, legend: '{{provider}} {{reason}}' }],
  },
  {
    title: 'State of each key',
    description: 'The worst of all processes.',
    type: 'state-timeline',
    unit: 'short',
    width: 24,
    values: states.map(({ text, color }) => ({ text, color })),
    targets: [{ expr: worstState, legend: '{{provider}} {{pool}} {{key}}' }],
  },
  {
    title: 'Keys by state',
    description: 'On average over the processes.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    isStacked: true,
    targets: [
      {
        expr: `sum by (provider, state) (avg by (provider, pool, state) (${selector('keys')}))`,
        legend: '{{provider}} {{state}}',
      },
    ],
  },
  {
    title: 'Changes of state',
    description: 'Of keys and of their quota buckets, in each process that has caused one.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    targets: [
      {
        expr: `sum by (provider, to, reason) (increase(${selector('key.transitions')}[$__rate_interval]))`,
        legend: '{{provider}} {{to}} {{reason}}',
      },
    ],
  },
  {
    title: 'Use of the daily limits',
    description: 'Of all keys together, and what their limits allow.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    targets: [
      {
        expr: `sum by (provider, limit) (${ofAllProcesses('provider, pool, key, limit', 'key.limit.used', daily)})`,
        legend: '{{provider}} {{limit}} used',
      },
      {
        expr: `sum by (provider, limit) (${ofAllProcesses('provider, pool, key, limit', 'key.limit.max', daily)})`,
        legend: '{{provider}} {{limit}} allowed',
      },
    ],
  },
  {
    title: 'Use of limits by key',
    description: 'Of each limit with a known amount.',
    type: 'timeseries',
    unit: 'percentunit',
    width: 12,
    max: 1,
    targets: [
      {
        expr:
          ofAllProcesses('provider, pool, key, limit', 'key.limit.used') +
          ` / ${ofAllProcesses('provider, pool, key, limit', 'key.limit.max')}`,
        legend: '{{provider}} {{key}} {{limit}}',
      },
    ],
  },
  {
    title: 'What limits leave',
    description: 'The key that has least left of a limit.',
    type: 'timeseries',
    unit: 'short',
    width: 8,
    targets: [
      {
        expr: `min by (provider, limit) (${selector('key.limit.remaining')})`,
        legend: '{{provider}} {{limit}}',
      },
    ],
  },
  {
    title: 'Quota units',
    description: 'Each attempt counts 1 where the provider does not price them.',
    type: 'timeseries',
    unit: 'ops',
    width: 8,
    targets: [{ expr: `sum by (provider) (${perSecond('quota.units')})`, legend: '{{provider}}' }],
  },
  {
    title: 'Tokens by direction',
    description: 'As answers have stated them.',
    type: 'timeseries',
    unit: 'ops',
    width: 8,
    isStacked: true,
    targets: [{ expr: `sum by (direction) (${perSecond('tokens')})`, legend: '{{direction}}' }],
  },
  {
    title: 'Running attempts',
    description: 'In all processes.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    targets: [{ expr: `sum by (provider, key) (${selector('attempts.running')})`, legend: '{{provider}} {{key}}' }],
  },
  {
    title: 'Keys that calls try',
    description: 'On average. More than 1: calls fall over.',
    type: 'timeseries',
    unit: 'short',
    width: 12,
    targets: [
      {
        expr:
          `sum by (provider) (${perSecond('call.keys_tried_sum')})` +
          ` / sum by (provider) (${perSecond('call.keys_tried_count')})`,
        legend: '{{provider}}',
      },
    ],
  },
  {
    title: 'Next key back',
    description: 'When the first of the keys that are out can be used again. Empty while all can be used.',
    type: 'stat',
    unit: 'dateTimeFromNow',
    width: 8,
    targets: [{ expr: `min by (provider) (${selector('key.back')}) * 1000`, legend: '{{provider}}' }],
  },
  {
    title: 'Store',
    description: 'Away: processes go on with what each knows.',
    type: 'stat',
    unit: 'short',
    width: 8,
    values: [
      { text: 'Away', color: 'red' },
      { text: 'Up', color: 'green' },
    ],
    targets: [{ expr: `min by (provider, store) (${selector('store.up')})`, legend: '{{provider}} {{store}}' }],
  },
  {
    title: 'Key sources',
    description: 'How long ago they were asked, and have answered with keys.',
    type: 'stat',
    unit: 's',
    width: 8,
    targets: [
      {
        expr: `time() - min by (provider, source) (${selector('keys.source.last_success')})`,
        legend: '{{provider}} {{source}} answered',
      },
      {
        expr: `time() - min by (provider, source) (${selector('keys.source.last_attempt')})`,
        legend: '{{provider}} {{source}} asked',
      },
    ],
  },
];
