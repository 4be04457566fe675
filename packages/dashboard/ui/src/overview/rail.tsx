import type { VNode } from 'preact';
import type { FeedEntry } from '../../../src/protocol/events-document.ts';
import type { OverviewDocument } from '../../../src/protocol/overview-document.ts';
import type { Table } from '../../../src/protocol/pool-head.ts';
import { eventIcon } from '../events/event-icon.ts';
import { eventText } from '../events/event-text.ts';
import { number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { Icon } from '../parts/icon.tsx';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { RailKey, RailPool } from './rail-key.tsx';

/** The keys that need attention, those that come back by themselves, and the latest events. */
export function Rail({ overview }: { readonly overview: OverviewDocument }): VNode {
  return (
    <aside class="rail" aria-label={texts.value.overview.rail}>
      <NeedsYou needsYou={overview.needsYou} />
      <ComesBack comesBack={overview.comesBack} off={overview.off} />
      <Latest latest={overview.latest} />
    </aside>
  );
}

function NeedsYou({ needsYou: { count, keys } }: Pick<OverviewDocument, 'needsYou'>): VNode {
  const words = texts.value.overview;
  return (
    <section class="card" aria-labelledby="rail-needs">
      <h2 id="rail-needs" class={count > 0 ? 'tone-bad' : ''}>
        {words.needsYou}
        <span class="count num">{number(count)}</span>
      </h2>
      {count === 0 && <p class="dim small pad">{words.nothingNeedsYou}</p>}
      {count > 0 && (
        <ul class="rail-list">
          {keys.map((item) => (
            <RailKey key={`${item.provider}/${item.pool}/${item.keyId}`} item={item} />
          ))}
        </ul>
      )}
      {count > keys.length && <p class="dim small pad">{texts.value.more(number(count - keys.length))}</p>}
      {count > 0 && <p class="hint small">{words.replaceHint}</p>}
    </section>
  );
}

function ComesBack({ comesBack, off }: Pick<OverviewDocument, 'comesBack' | 'off'>): VNode {
  const words = texts.value.overview;
  const { count, keys, pools } = comesBack;
  return (
    <section class="card" aria-labelledby="rail-back">
      <h2 id="rail-back">
        {words.comesBack}
        <span class="count num">{number(count)}</span>
      </h2>
      {count === 0 && <p class="dim small pad">{words.noneOut}</p>}
      {count > 0 && (
        <ul class="rail-list rail-back">
          {keys.map((item) => (
            <RailKey key={`${item.provider}/${item.pool}/${item.keyId}`} item={item} />
          ))}
          {pools.map((item) => (
            <RailPool key={`${item.provider}/${item.pool}`} item={item} />
          ))}
        </ul>
      )}
      {off.count > 0 && <Off off={off} />}
    </section>
  );
}

/** Keys that an operator has switched off. They are no problem. */
function Off({ off: { count, labels } }: Pick<OverviewDocument, 'off'>): VNode {
  const more = count - labels.length;
  return (
    <p class="small dim off-note">
      {texts.value.overview.off(count)}{' '}
      {labels.map((label, index) => (
        <span key={label}>
          <bdi>{label}</bdi>
          {index < labels.length - 1 && ', '}
        </span>
      ))}
      {more > 0 && ` +${number(more)}`}
    </p>
  );
}

function Latest({ latest }: { readonly latest: Table<FeedEntry> }): VNode {
  const words = texts.value.overview;
  return (
    <section class="card rail-latest" aria-labelledby="rail-latest">
      <h2 id="rail-latest">{words.latest}</h2>
      {latest.order.length === 0 && <p class="dim small pad">{words.noEvents}</p>}
      <ol class="latest">
        {latest.order.map((id) => {
          const entry = latest.rows[id];
          return entry && <LatestEvent key={id} entry={entry} />;
        })}
      </ol>
      <a class="more" href={link({ page: 'events' })}>
        {words.allEvents}
        <Icon name="next" />
      </a>
    </section>
  );
}

/** An event in one line, without the code in brackets, for which there is no room. */
function LatestEvent({ entry }: { readonly entry: FeedEntry }): VNode {
  const { name, tone } = eventIcon(entry);
  return (
    <li>
      <time class="num dim">{clockTime(entry.atMs)}</time>
      <span class={`tone-${tone}`}>
        <Icon name={name} />
      </span>
      <span class="latest-text">
        <b dir="auto">{entry.label ?? entry.displayName}</b> {eventText(entry).replace(/ \([^)]*\)/, '')}
      </span>
    </li>
  );
}
