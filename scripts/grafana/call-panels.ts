import type { Panel } from './panel.ts';
import { perSecond } from './selector.ts';

function quantile(share: number): string {
  return `histogram_quantile(${share}, sum by (le) (${perSecond('call.duration_bucket')}))`;
}

function callsEnded(...matchers: readonly string[]): string {
  return `sum by (provider) (${perSecond('call.duration_count', ...matchers)})`;
}

/** What becomes of calls and their attempts. */
export const callPanels: readonly Panel[] = [
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
        // OpenTelemetry has no series of successes before the first one.
        expr: `(${callsEnded('outcome="success"')} or 0 * ${callsEnded()}) / ${callsEnded('outcome!="aborted"')}`,
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
];
