import type { VNode } from 'preact';
import { percent } from '../format/number.ts';

/** How much of something is used, with a notch at 80 %. */
export function Meter({ share, label }: { readonly share: number; readonly label: string }): VNode {
  const level = share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'ok';
  return (
    <span class={`meter meter-${level}`} role="img" aria-label={`${label}: ${percent(share)}`}>
      <span class="meter-fill" style={{ width: `${Math.min(100, share * 100)}%` }} />
      <span class="meter-80" />
    </span>
  );
}
