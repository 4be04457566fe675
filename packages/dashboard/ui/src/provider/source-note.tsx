import type { VNode } from 'preact';
import type { ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { past } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

type Source = NonNullable<ProviderDocument['source']>;

/** A load that takes longer than this, in ms, counts as failed until it succeeds. */
const longestLoadMs = 10_000;

/** Where the keys are from, and when they were loaded last. */
export function SourceNote({ source }: { readonly source: Source }): VNode {
  const { provider, ago } = texts.value;
  const { name, lastSuccessAtMs, lastAttemptAtMs = 0 } = source;
  const now = nowMs.value;
  const isFailing = lastAttemptAtMs > (lastSuccessAtMs ?? 0) && now - lastAttemptAtMs > longestLoadMs;
  const parts = [
    provider.source(isolated(name)),
    lastSuccessAtMs === undefined ? provider.sourceNever : provider.sourceRead(ago(past(now - lastSuccessAtMs))),
    ...(isFailing ? [provider.sourceFails(ago(past(now - lastAttemptAtMs)))] : []),
  ];
  return <span class={`small num ${isFailing ? 'tone-warn' : 'dim'}`}>{parts.join(' · ')}</span>;
}
