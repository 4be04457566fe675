import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import type { FeedEntry } from '../../../src/protocol/events-document.ts';
import { clockTime } from '../format/time.ts';
import { Icon } from '../parts/icon.tsx';
import { texts } from '../texts/texts.ts';
import { eventIcon } from './event-icon.ts';
import { eventText } from './event-text.ts';

/** The sequence number of the event that is open. */
const open = signal<number | undefined>(undefined);

/** One event in one line. It opens to the whole entry. */
export function EventLine({ entry }: { readonly entry: FeedEntry }): VNode {
  const { events } = texts.value;
  const { name, tone } = eventIcon(entry);
  const isOpen = open.value === entry.sequence;
  const toggle = () => {
    open.value = isOpen ? undefined : entry.sequence;
  };
  const id = `event-${entry.sequence}`;
  return (
    <li class={`feed-row ${isOpen ? 'is-open' : ''}`}>
      <button
        type="button"
        class="feed-line"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={toggle}
      >
        <time class="num dim">{clockTime(entry.atMs, true)}</time>
        <span class={`feed-icon tone-${tone}`}>
          <Icon name={name} />
        </span>
        <span class="feed-provider">{entry.displayName}</span>
        <span class="feed-key">{entry.label ?? '–'}</span>
        <span class="feed-text">
          <span>{eventText(entry)}</span>
          {entry.bucket !== undefined && <span class="tag mono">{entry.bucket}</span>}
          {entry.isFromStore && <span class="tag">{events.fromStore}</span>}
        </span>
        <span class="feed-name mono dim">{entry.name}</span>
      </button>
      {isOpen && (
        <pre id={id} class="feed-raw" tabIndex={0} role="region" aria-label={events.raw(entry.name)}>
          {JSON.stringify(entry, null, 2)}
        </pre>
      )}
    </li>
  );
}
