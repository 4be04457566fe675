import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usableStates, type KeyRow } from '../../../src/protocol/key-row.ts';
import type { PoolHead, PoolName, Table } from '../../../src/protocol/pool-head.ts';
import { countdown } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { Icon } from '../parts/icon.tsx';
import { nowMs } from '../state/clock.ts';
import { canAct, page, session } from '../state/page.ts';
import { texts } from '../texts/texts.ts';
import { confirmation, run, type ActionTarget, type ConfirmedAction } from './key-action.ts';

/** Asks before an action. The focus starts on Cancel, and returns to the opener. */
export function ConfirmDialog(): VNode | null {
  const asked = confirmation.value;
  // Closes it at a sign-out.
  useEffect(
    () => () => {
      confirmation.value = undefined;
    },
    [],
  );
  return asked ? <Dialog key={asked.target.keyId} {...asked} /> : null;
}

interface DialogProps {
  readonly action: ConfirmedAction;
  readonly target: ActionTarget;
  readonly opener: HTMLElement | null;
}

function Dialog({ action, target, opener }: DialogProps): VNode {
  const { actions, confirm } = texts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => {
    confirmation.value = undefined;
    // The row of the key may be gone by now.
    const next = opener?.isConnected ? opener : document.getElementById('main');
    setTimeout(() => next?.focus({ preventScroll: true }));
  };
  const go = () => {
    close();
    void run(action, target);
  };
  return (
    <dialog ref={dialog} class="modal" aria-labelledby="confirm-title" aria-describedby="confirm-means" onClose={close}>
      <div class="modal-box">
        <h2 id="confirm-title">{confirm.title[action](isolated(target.label))}</h2>
        <p class="mono dim">
          <bdi>{target.pool.displayName}</bdi>
          {target.masked !== undefined && ` · ${target.masked}`}
        </p>
        <p id="confirm-means">{confirm.means[action]}</p>
        {action === 'disable' && <Facts target={target} />}
        <p class="small dim">
          {confirm.actor} <b>{session.value?.actor}</b>.
        </p>
        <div class="modal-actions">
          <button type="button" class="btn" autofocus onClick={close}>
            {actions.cancel}
          </button>
          <button
            type="button"
            class={`btn ${action === 'disable' ? 'btn-error' : 'btn-primary'}`}
            disabled={!canAct.value}
            onClick={go}
          >
            {actions[action]} {isolated(target.label)}
          </button>
        </div>
      </div>
    </dialog>
  );
}

/** The effects of disabling the key. */
function Facts({ target }: { readonly target: ActionTarget }): VNode {
  const { confirm } = texts.value;
  const found = poolOf(target.pool);
  const displayName = isolated(target.pool.displayName);
  const row = found?.rows.rows[target.keyId];
  const left = found && found.head.usable - (usableStates.has(row?.state ?? target.state) ? 1 : 0);
  const running = row?.running ?? target.running ?? 0;
  const isLast = left !== undefined && left <= 0;
  const last = found?.head.keys === 1 ? confirm.only(displayName) : confirm.last(displayName);
  return (
    <ul class="facts">
      {found && left !== undefined && (
        <li class={isLast ? 'tone-bad' : ''}>
          <Icon name={isLast ? 'refused' : 'healthy'} />
          <span>
            {isLast ? last : confirm.left(number(left), number(found.head.total), displayName)}
            {isLast && <NextBack pool={found} keyId={target.keyId} />}
          </span>
        </li>
      )}
      <li>
        <Icon name="recovering" />
        <span>{running > 0 ? confirm.running(running) : confirm.nothingRuns}</span>
      </li>
    </ul>
  );
}

interface NextBackProps {
  readonly pool: ShownPool;
  readonly keyId: string;
}

/** The page knows which key is the first one only if it has all of them. */
function NextBack({ pool: { head, rows }, keyId }: NextBackProps): VNode | null {
  if (rows.order.length < head.keys) return null;
  const waiting = Object.values(rows.rows)
    .filter((row) => row.keyId !== keyId && (row.state === 'cooling' || row.state === 'full'))
    .toSorted((a, b) => (a.untilMs ?? Infinity) - (b.untilMs ?? Infinity));
  const [first] = waiting;
  if (first?.untilMs === undefined) return null;
  return <span> {texts.value.confirm.lastBack(isolated(first.label), countdown(first.untilMs - nowMs.value))}</span>;
}

interface ShownPool {
  readonly head: PoolHead;
  readonly rows: Table<KeyRow>;
}

/** The pool in the document that is shown. */
function poolOf({ provider, pool }: PoolName): ShownPool | undefined {
  const shown = page.value?.page;
  const found =
    shown?.kind === 'overview'
      ? Object.values(shown.pools.rows).find((each) => each.provider === provider && each.pool === pool)
      : shown?.kind === 'provider' && shown.provider === provider && shown.pool === pool
        ? shown
        : undefined;
  return found && { head: found, rows: found.rows };
}
