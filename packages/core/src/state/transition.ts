import type { KeyState } from './health-view.ts';

/** What an outcome changed, so that one event is emitted for it. */
export type Transition = 'suspected' | 'cooled-down' | 'disabled' | 'recovered';

/** Returns the event of a change of state; `undefined` if none is emitted for it. */
export function transitionBetween(before: KeyState, after: KeyState): Transition | undefined {
  if (after === before || after === 'recovering') return undefined;
  if (after === 'healthy') return 'recovered';
  if (after === 'disabled') return 'disabled';
  if (after === 'cooling') return before === 'disabled' ? undefined : 'cooled-down';
  return before === 'healthy' || before === 'recovering' ? 'suspected' : undefined;
}
