import { signal, type Signal } from '@preact/signals';
import type { ActionResult, KeyAction } from '../../../src/protocol/actions.ts';
import type { KeyUiState } from '../../../src/protocol/key-row.ts';
import type { PoolName } from '../../../src/protocol/pool-head.ts';
import { milliseconds } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { notify } from '../parts/notice.tsx';
import { texts } from '../texts/texts.ts';
import { act } from './act.ts';

/** The key of an action. */
export interface ActionTarget {
  readonly pool: PoolName;
  readonly keyId: string;
  readonly label: string;
  readonly state: KeyUiState;
  readonly masked?: string;
  readonly running?: number;
}

/** All actions but the test, which changes nothing, are confirmed first. */
export type ConfirmedAction = Exclude<KeyAction, 'check'>;

interface Confirmation {
  readonly action: ConfirmedAction;
  readonly target: ActionTarget;
  /** The element that gets the focus back. */
  readonly opener: HTMLElement | null;
}

/** What the dialog asks about. */
export const confirmation: Signal<Confirmation | undefined> = signal<Confirmation | undefined>(undefined);

/** Asks first, unless the action changes nothing. */
export function start(action: KeyAction, target: ActionTarget, opener: HTMLElement | null): void {
  if (action === 'check') void run(action, target);
  else confirmation.value = { action, target, opener };
}

/** Asks the server to act, and shows the result. */
export async function run(action: KeyAction, target: ActionTarget): Promise<void> {
  const words = texts.value.actions;
  if (action === 'check') notify(words.checking(isolated(target.label)), 'recovering');
  const { provider, pool } = target.pool;
  const path = ['api/v1/pools', encodeURIComponent(provider), encodeURIComponent(pool)].join('/');
  const reply = await act(`${path}/keys/${encodeURIComponent(target.keyId)}/${action}`);
  if ('result' in reply) return showResult(reply.result, target);
  notify(words.failed(`${words[action]} ${isolated(target.label)}`, reply.failure), 'refused');
}

function showResult(result: ActionResult, target: ActionTarget): void {
  const label = isolated(target.label);
  const words = texts.value.actions;
  if (result.action === 'test-channel') return;
  if (result.action !== 'check') return notify(words.done[result.action](label));
  if (result.outcome === 'working') return notify(words.checked.working(label, milliseconds(result.latencyMs)));
  const why = result.reason ?? words.noReason;
  notify(words.checked[result.outcome](label, why), result.outcome === 'refused' ? 'refused' : 'suspect');
}
