import type { Panel } from './panel.ts';
import { ofAllProcesses, selector } from './selector.ts';

/** What is out now: keys, the store, and key sources. */
export const troublePanels: readonly Panel[] = [
  {
    title: 'Next key back',
    description: 'When the first of the keys that are out can be used again. Empty while all can be used.',
    type: 'stat',
    unit: 'dateTimeFromNow',
    width: 6,
    targets: [
      {
        // Not only the time: where the series of a key does not end, its last time stays after a reset.
        expr:
          `min by (provider) ((${selector('key.back')} > time())` +
          ` and ignoring (state) (${selector('key.state', 'state=~"cooling|disabled"')} > 0)) * 1000`,
        legend: '{{provider}}',
      },
    ],
  },
  {
    title: 'Refused keys',
    description: 'The provider says that they are invalid. Empty while there are none.',
    type: 'stat',
    unit: 'short',
    width: 6,
    values: [
      { text: 'Valid', color: 'green' },
      { text: 'Refused', color: 'red' },
    ],
    targets: [
      {
        expr: `${ofAllProcesses('provider, pool, key', 'key.invalid')} > 0`,
        legend: '{{provider}} {{key}}',
      },
    ],
  },
  {
    title: 'Store',
    description: 'Away: processes go on with what each knows.',
    type: 'stat',
    unit: 'short',
    width: 6,
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
    width: 6,
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
