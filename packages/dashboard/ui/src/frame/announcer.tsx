import { effect, signal } from '@preact/signals';
import type { VNode } from 'preact';
import type { PageDocument } from '../../../src/protocol/page-document.ts';
import type { KeyRow, KeyUiState } from '../../../src/protocol/key-row.ts';
import { page } from '../state/page.ts';
import { texts } from '../texts/texts.ts';

const longest = 3;
const said = signal('');

/** Says changes of key health to screen readers: no ticks, no counts, and nothing when another page opens. */
export function Announcer(): VNode {
  return (
    <div class="sr" aria-live="polite">
      {said.value}
    </div>
  );
}

export function followHealth(): void {
  let before = new Map<string, KeyUiState>();
  effect(() => {
    const rows = rowsOf(page.value);
    const now = new Map(rows.map(({ id, row }) => [id, row.state]));
    const changed = rows.filter(({ id, row }) => before.has(id) && before.get(id) !== row.state);
    before = now;
    if (changed.length === 0) return;
    const sentences = changed.slice(0, longest).map(({ row }) => `${row.label}: ${texts.peek().states[row.state]}.`);
    const more = changed.length - longest;
    said.value = [...sentences, ...(more > 0 ? [texts.peek().more(String(more))] : [])].join(' ');
  });
}

function rowsOf(shown: PageDocument | undefined): readonly { readonly id: string; readonly row: KeyRow }[] {
  const sections =
    shown?.page.kind === 'overview'
      ? Object.entries(shown.page.pools.rows).map(([id, { rows }]) => ({ id, rows }))
      : shown?.page.kind === 'provider'
        ? [{ id: `${shown.page.provider}/${shown.page.pool}`, rows: shown.page.rows }]
        : [];
  return sections.flatMap(({ id, rows }) => Object.values(rows.rows).map((row) => ({ id: `${id}/${row.keyId}`, row })));
}
