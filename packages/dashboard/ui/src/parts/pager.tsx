import type { VNode } from 'preact';
import { pageLength } from '../../../src/protocol/view.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';

interface PagerProps {
  /** What is in the list. */
  readonly label: string;
  readonly count: number;
  /** The page that is shown, from 1. */
  readonly shown: number;
  readonly onChoose: (page: number) => void;
}

export function Pager({ label, count, shown, onChoose }: PagerProps): VNode {
  const { range, previous, following } = texts.value;
  const first = Math.min((shown - 1) * pageLength + 1, count);
  const last = Math.min(shown * pageLength, count);
  return (
    <nav class="pager" aria-label={label}>
      <span class="small dim num">{range(number(first), number(last), number(count))}</span>
      <span class="join">
        <button type="button" class="btn btn-sm" disabled={shown <= 1} onClick={() => onChoose(shown - 1)}>
          {previous}
        </button>
        <button type="button" class="btn btn-sm" disabled={last >= count} onClick={() => onChoose(shown + 1)}>
          {following}
        </button>
      </span>
    </nav>
  );
}
