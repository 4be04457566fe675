import type { VNode } from 'preact';
import { eventKinds, type EventsDocument } from '../../../src/protocol/events-document.ts';
import { number } from '../format/number.ts';
import { go } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { EventFilters, type EventsView } from './event-filters.tsx';
import { EventLine } from './event-line.tsx';

interface EventsPageProps {
  readonly document: EventsDocument;
  readonly view: EventsView;
}

/** What has happened, the newest first. */
export function EventsPage({ document, view }: EventsPageProps): VNode {
  const { events } = texts.value;
  return (
    <div class="page">
      <div class="detail-head">
        <h1>{events.title}</h1>
      </div>
      <section class="card" aria-label={events.title}>
        <EventFilters document={document} view={view} />
        <Feed document={document} view={view} />
        <p class="legend small dim">{events.kept(number(document.capacity))}</p>
      </section>
    </div>
  );
}

function Feed({ document: { entries, newest }, view }: EventsPageProps): VNode {
  const { events } = texts.value;
  if (entries.order.length === 0) return newest === 0 ? <p class="none">{events.noneYet}</p> : <NoMatch view={view} />;
  return (
    <ol class="feed">
      {entries.order.map((id) => {
        const entry = entries.rows[id];
        return entry && <EventLine key={id} entry={entry} />;
      })}
    </ol>
  );
}

function NoMatch({ view }: { readonly view: EventsView }): VNode {
  const { events } = texts.value;
  const isFiltered = view.search !== '' || view.provider !== '' || view.kinds.length < eventKinds.length;
  return (
    <p class="none">
      {events.none}
      {isFiltered && (
        <button type="button" class="btn btn-sm" onClick={() => go({ provider: '', kinds: eventKinds, search: '' })}>
          {events.clear}
        </button>
      )}
    </p>
  );
}
