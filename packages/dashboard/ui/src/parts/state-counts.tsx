import type { VNode } from 'preact';
import { keyStates } from '../../../src/protocol/key-row.ts';
import type { StateCounts as Counts } from '../../../src/protocol/pool-head.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { toneOf } from './state-icon.tsx';

/** Always all seven states, so that no number moves when a state appears. */
export function StateCounts({ counts }: { readonly counts: Counts }): VNode {
  return (
    <ul class="counts">
      {keyStates.map((state) => (
        <li key={state} class={counts[state] > 0 ? `tone-${toneOf(state)}` : 'dim'}>
          <Icon name={state} />
          <b class="num">{number(counts[state])}</b> {texts.value.states[state]}
        </li>
      ))}
    </ul>
  );
}
