import type { Panel } from './panel.ts';
import { ofAllProcesses, perSecond, selector } from './selector.ts';

const daily = 'limit=~".+PerDay"';

/** How much calls use of the keys and their limits. */
export const usePanels: readonly Panel[] = [
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
    unit: 'count:units/s',
    width: 8,
    targets: [{ expr: `sum by (provider) (${perSecond('quota.units')})`, legend: '{{provider}}' }],
  },
  {
    title: 'Tokens by direction',
    description: 'As answers have stated them.',
    type: 'timeseries',
    unit: 'count:tokens/s',
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
];
