import type { VNode } from 'preact';
import type { KeyRow, LimitView } from '../../../src/protocol/key-row.ts';
import type { PoolName } from '../../../src/protocol/pool-head.ts';
import { limitShare, limitSize, limitText } from '../format/limit.ts';
import { number, percent } from '../format/number.ts';
import { KeyMenu } from '../parts/key-menu.tsx';
import { Lane } from '../parts/lane.tsx';
import { Meter } from '../parts/meter.tsx';
import { StateIcon } from '../parts/state-icon.tsx';
import { StateText } from '../parts/state-text.tsx';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';

/** More failures than this in an hour stand out. */
const manyFailures = 20;

/** A key on the board. Its row is drawn again only when something about the key changes. */
export function KeyLine({ row, pool }: { readonly row: KeyRow; readonly pool: PoolName }): VNode {
  const { provider, pool: name } = pool;
  return (
    <li class={`key-row is-${row.state}`}>
      <span class="c-icon">
        <StateIcon state={row.state} />
      </span>
      <span class="c-key">
        <span class="name">
          <a href={link({ page: 'provider', provider, pool: name, key: row.keyId })}>{row.label}</a>
        </span>
        <span class="mono dim">
          {row.masked}
          {row.group !== undefined && (
            <span class="group-name">
              {' '}
              · <bdi>{row.group}</bdi>
            </span>
          )}
        </span>
      </span>
      <span class="c-state">
        <StateText row={row} />
      </span>
      <span class="c-lane">
        <Lane row={row} />
      </span>
      <span class="c-calls num">
        <span>{number(row.attempts)}</span>
        <span class={`small ${row.failed > manyFailures ? 'strong' : 'dim'}`}>
          {texts.value.failed(number(row.failed))}
        </span>
      </span>
      <span class="c-limit">
        <TightestLimit row={row} />
      </span>
      <span class="c-menu">
        <KeyMenu row={row} pool={pool} />
      </span>
    </li>
  );
}

function TightestLimit({ row: { limit, state } }: { readonly row: KeyRow }): VNode {
  if (limit === undefined) return <span class="dim small">{texts.value.noLimit}</span>;
  const share = limitShare(limit);
  // What a refused key had left means nothing.
  if (state === 'refused' || share === undefined) return <span class="dim small">–</span>;
  return <LimitBar limit={limit} share={share} />;
}

function LimitBar({ limit, share }: { readonly limit: LimitView; readonly share: number }): VNode {
  return (
    <span class="limit">
      <Meter share={share} label={limitText(limit)} />
      <span class="limit-text">
        <b>{percent(share)}</b> {texts.value.limitOf(limitSize(limit))}
      </span>
    </span>
  );
}
