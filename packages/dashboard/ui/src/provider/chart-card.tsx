import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { texts } from '../texts/texts.ts';

interface ChartCardProps {
  readonly id: string;
  readonly title: string;
  readonly aside?: string;
  /** The names of what the chart shows, above it. */
  readonly legend?: VNode;
  readonly children: ComponentChildren;
  /** The same as a table, which a button shows instead. */
  readonly table?: () => VNode;
  readonly isWide?: boolean;
}

export function ChartCard({ id, title, aside, legend, children, table, isWide }: ChartCardProps): VNode {
  const { asTable, asChart } = texts.value.provider;
  const isTable = useSignal(false);
  return (
    <section class={`card chart-card ${isWide ? 'chart-wide' : ''}`} aria-labelledby={`chart-${id}`}>
      <header>
        <h2 id={`chart-${id}`}>{title}</h2>
        <span class="chart-aside small dim num">{aside}</span>
        {table && (
          <button
            type="button"
            class="btn btn-ghost btn-xs"
            aria-pressed={isTable.value}
            onClick={() => (isTable.value = !isTable.value)}
          >
            {isTable.value ? asChart : asTable}
          </button>
        )}
      </header>
      {legend}
      {table && isTable.value ? table() : children}
    </section>
  );
}
