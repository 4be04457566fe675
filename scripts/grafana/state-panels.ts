import type { Panel } from './panel.ts';
import { selector } from './selector.ts';

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

/** Which keys can be used, and when that changes. */
export const statePanels: readonly Panel[] = [
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
    title: 'Keys that can be used',
    description: 'Without those that are out or at a configured limit, in the process that has fewest.',
    type: 'timeseries',
    unit: 'short',
    width: 8,
    targets: [{ expr: `min by (provider, pool) (${selector('keys.usable')})`, legend: '{{provider}} {{pool}}' }],
  },
  {
    title: 'Keys by state',
    description: 'On average over the processes.',
    type: 'timeseries',
    unit: 'short',
    width: 8,
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
    width: 8,
    targets: [
      {
        expr: `sum by (provider, to, reason) (increase(${selector('key.transitions')}[$__rate_interval]))`,
        legend: '{{provider}} {{to}} {{reason}}',
      },
    ],
  },
];
