import type { VNode } from 'preact';
import type { LimitView } from '../../../src/protocol/key-row.ts';
import { limitShare, limitText } from '../format/limit.ts';
import { isolated } from '../format/isolated.ts';
import { compact } from '../format/number.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Meter } from '../parts/meter.tsx';
import { texts } from '../texts/texts.ts';

/** Limits with what is used of them, when they reset, and where the numbers are from. */
export function LimitList({ limits }: { readonly limits: readonly LimitView[] }): VNode {
  if (limits.length === 0) return <span class="dim small">{texts.value.noLimit}</span>;
  return (
    <ul class="limits">
      {limits.map((limit) => (
        <Limit key={[limit.name, limit.source, limit.bucket, limit.group].join(' ')} limit={limit} />
      ))}
    </ul>
  );
}

function Limit({ limit }: { readonly limit: LimitView }): VNode {
  const { provider } = texts.value;
  const { name, source, remaining, resetsAtMs, bucket, group } = limit;
  const share = limitShare(limit);
  const isLeftOnly = share === undefined && remaining !== undefined;
  return (
    <li>
      {share === undefined ? <span class="meter" aria-hidden="true" /> : <Meter share={share} label={name} />}
      <span class="small num">{isLeftOnly ? `${provider.left(compact(remaining))} · ${name}` : limitText(limit)}</span>
      <span class="small dim num">
        {resetsAtMs !== undefined && (
          <span>
            <Countdown untilMs={resetsAtMs} />
            {' · '}
          </span>
        )}
        {group !== undefined && `${isolated(group)} · `}
        {bucket !== undefined && `${isolated(bucket)} · `}
        <span title={provider.limitSourceHints[source]}>{provider.limitSources[source]}</span>
      </span>
    </li>
  );
}
