import type { VNode } from 'preact';
import type { KeyUiState } from '../../../src/protocol/key-row.ts';
import { Icon } from './icon.tsx';

/** The meaning of a colour. */
export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'off' | 'dim';

const tones: Readonly<Record<KeyUiState, Tone>> = {
  healthy: 'ok',
  full: 'info',
  recovering: 'info',
  suspect: 'warn',
  cooling: 'warn',
  refused: 'bad',
  off: 'off',
};

export function toneOf(state: KeyUiState): Tone {
  return tones[state];
}

/** The shape of a state on a tinted tile. Its name stands beside it. */
export function StateIcon({ state }: { readonly state: KeyUiState }): VNode {
  return (
    <span class={`tile tone-${toneOf(state)}`}>
      <Icon name={state} />
    </span>
  );
}
