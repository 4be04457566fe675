import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { KeyAction } from '../../../src/protocol/actions.ts';
import type { KeyRow } from '../../../src/protocol/key-row.ts';
import type { PoolName } from '../../../src/protocol/pool-head.ts';
import { start } from '../actions/key-action.ts';
import { canAct, isReadOnly } from '../state/page.ts';
import { texts } from '../texts/texts.ts';
import { Icon, type IconName } from './icon.tsx';

const icons: Readonly<Record<KeyAction, IconName>> = {
  reset: 'recovering',
  enable: 'healthy',
  disable: 'off',
  prefer: 'next',
  'end-preference': 'list',
  check: 'plug',
};

/** What can be done with a key. A read-only session has no menu. */
export function KeyMenu({ row, pool }: { readonly row: KeyRow; readonly pool: PoolName }): VNode | null {
  const isOpen = useSignal(false);
  const host = useRef<HTMLSpanElement>(null);
  const label = texts.value.actions.menu(row.label);
  const isOn = canAct.value;
  useEffect(() => {
    // It must not open again by itself when the connection is back.
    if (!isOn) isOpen.value = false;
  }, [isOn]);
  useEffect(() => (isOpen.value ? closeFromOutside(host, isOpen) : undefined), [isOpen.value]);
  if (isReadOnly.value) return null;
  const button = () => host.current?.querySelector<HTMLElement>('button') ?? null;
  const close = () => {
    isOpen.value = false;
    button()?.focus({ preventScroll: true });
  };
  const choose = (action: KeyAction) => {
    close();
    start(action, { ...row, pool }, button());
  };
  return (
    <span class="menu-host" ref={host}>
      <button
        type="button"
        class="btn btn-ghost btn-square"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-label={label}
        disabled={!isOn}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Icon name="dots" />
      </button>
      {isOpen.value && isOn && <Items row={row} label={label} choose={choose} close={close} />}
    </span>
  );
}

interface ItemsProps {
  readonly row: KeyRow;
  readonly label: string;
  readonly choose: (action: KeyAction) => void;
  readonly close: () => void;
}

function Items({ row, label, choose, close }: ItemsProps): VNode {
  const list = useRef<HTMLSpanElement>(null);
  useEffect(() => list.current?.querySelector('button')?.focus({ preventScroll: true }), []);
  return (
    <span
      class="key-menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      ref={list}
      onKeyDown={(event) => onMenuKey(event, close)}
    >
      {actionsOf(row).map((action) => (
        <button
          key={action}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={action === 'disable' ? 'menu-bad' : ''}
          onClick={() => choose(action)}
        >
          <Icon name={icons[action]} />
          {`${texts.value.actions[action]}${action === 'check' ? '' : '…'}`}
        </button>
      ))}
    </span>
  );
}

function actionsOf(row: KeyRow): readonly KeyAction[] {
  if (row.state === 'refused' || row.state === 'off') return ['enable', 'check'];
  const preference: KeyAction = row.isPreferred ? 'end-preference' : 'prefer';
  return row.state === 'healthy' ? [preference, 'check', 'disable'] : ['reset', preference, 'check', 'disable'];
}

function onMenuKey(event: KeyboardEvent & { readonly currentTarget: HTMLElement }, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const target = {
    ArrowDown: items[(at + 1) % items.length],
    ArrowUp: items.at(at - 1),
    Home: items[0],
    End: items.at(-1),
  }[event.key];
  if (event.key === 'Escape') close();
  // The page goes on from the menu's button.
  if (event.key === 'Tab') close();
  if (target) target.focus();
  if (target || event.key === 'Escape') event.preventDefault();
}

function closeFromOutside(host: { readonly current: HTMLElement | null }, isOpen: { value: boolean }): () => void {
  const onPointer = (event: Event) => {
    if (!host.current?.contains(event.target as Node)) isOpen.value = false;
  };
  document.addEventListener('pointerdown', onPointer);
  return () => document.removeEventListener('pointerdown', onPointer);
}
