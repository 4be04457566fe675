import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PoolSection } from '../../../src/protocol/overview-document.ts';
import type { PoolName } from '../../../src/protocol/pool-head.ts';
import { inSeconds } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { HealthBadge } from '../parts/health-badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { StateCounts } from '../parts/state-counts.tsx';
import { Swarm } from '../parts/swarm.tsx';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { KeyLine } from './key-line.tsx';

const swarmPerRow = 50;

/** A pool on the board: all its keys, or a swarm and those that need attention first. */
export function PoolBoard({ id, section }: { readonly id: string; readonly section: PoolSection }): VNode {
  const { provider, pool, displayName, rows, swarm } = section;
  // The rows compare it by identity.
  const name: PoolName = useMemo(() => ({ provider, pool, displayName }), [provider, pool, displayName]);
  // An id must not contain spaces.
  const headId = `pool-${encodeURIComponent(id)}`;
  const href = link({ page: 'provider', provider, pool });
  return (
    <section class="provider" aria-labelledby={headId}>
      <PoolBoardHead id={headId} section={section} href={href} />
      {swarm && (
        <div class="swarm-row">
          <Swarm swarm={swarm} keys={section.keys} perRow={swarmPerRow} />
          <StateCounts counts={section.counts} />
        </div>
      )}
      <ol class="rows">
        {rows.order.map((keyId) => {
          const row = rows.rows[keyId];
          return row && <KeyLine key={keyId} row={row} pool={name} />;
        })}
      </ol>
      {swarm && (
        <a class="more" href={href}>
          {texts.value.overview.showAll(number(section.keys))}
          <Icon name="next" />
        </a>
      )}
    </section>
  );
}

interface HeadProps {
  readonly id: string;
  readonly section: PoolSection;
  readonly href: string;
}

function PoolBoardHead({ id, section, href }: HeadProps): VNode {
  const { usable, perMinute, p95 } = texts.value;
  return (
    <header class="provider-head">
      <h2 id={id}>
        <a href={href}>{section.displayName}</a>
      </h2>
      <HealthBadge health={section.health} />
      <span class="small num">{usable(number(section.usable), number(section.total))}</span>
      <span class="provider-nums small dim num">
        {perMinute(number(section.perMinute))}
        <span class="sep" />
        {p95(inSeconds(section.p95Ms))}
      </span>
    </header>
  );
}
