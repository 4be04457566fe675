import type { VNode } from 'preact';
import { eventKinds, type EventKind, type EventsDocument } from '../../../src/protocol/events-document.ts';
import type { View } from '../../../src/protocol/view.ts';
import { number } from '../format/number.ts';
import { Icon } from '../parts/icon.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { latestPage } from '../state/page.ts';
import { go, isPaused, setPaused } from '../state/view.ts';
import { texts } from '../texts/texts.ts';

export type EventsView = Extract<View, { readonly page: 'events' }>;

interface EventFiltersProps {
  readonly document: EventsDocument;
  readonly view: EventsView;
}

export function EventFilters({ document, view }: EventFiltersProps): VNode {
  const { events } = texts.value;
  return (
    <header class="filters">
      <SearchField label={events.filter} value={view.search} onSearch={(search) => go({ search })} />
      <label class="select-host">
        <span class="sr">{events.provider}</span>
        <select
          class="select"
          value={view.provider}
          onChange={({ currentTarget }) => go({ provider: currentTarget.value })}
        >
          <option value="">{events.allProviders}</option>
          {document.providers.map(({ provider, displayName }) => (
            <option key={provider} value={provider}>
              {displayName}
            </option>
          ))}
        </select>
      </label>
      <span class="chips" role="group" aria-label={events.kind}>
        {eventKinds.map((kind) => (
          <KindChip key={kind} kind={kind} view={view} />
        ))}
      </span>
      <PauseButton shown={document} />
    </header>
  );
}

function KindChip({ kind, view }: { readonly kind: EventKind; readonly view: EventsView }): VNode {
  const isOn = view.kinds.includes(kind);
  const toggle = () => go({ kinds: eventKinds.filter((each) => view.kinds.includes(each) !== (each === kind)) });
  return (
    <button type="button" class={`chip ${isOn ? 'chip-on' : ''}`} aria-pressed={isOn} onClick={toggle}>
      {isOn && <Icon name="check" />}
      {texts.value.events.kinds[kind]}
    </button>
  );
}

/** Pauses updates. The button then counts the events that have arrived since. */
function PauseButton({ shown }: { readonly shown: EventsDocument }): VNode {
  const { events } = texts.value;
  if (!isPaused.value) {
    return (
      <button type="button" class="btn btn-sm feed-pause" onClick={() => setPaused(true)}>
        <Icon name="pause" />
        {events.pause}
      </button>
    );
  }
  const waiting = waitingEvents(shown);
  return (
    <button type="button" class="btn btn-sm btn-primary feed-pause" onClick={() => setPaused(false)}>
      <Icon name="play" />
      {waiting === 0 ? events.resume : events.arrived(waiting, number(waiting))}
    </button>
  );
}

/** The events that match and are newer than those that the page shows. */
function waitingEvents(shown: EventsDocument): number {
  const latest = latestPage.value?.page;
  if (latest?.kind !== 'events') return 0;
  const { order } = latest.entries;
  const waiting = order.filter((id) => Number(id) > shown.newest).length;
  // If all the events that the server sends are new, there may be more.
  return waiting === order.length ? latest.newest - shown.newest : waiting;
}
