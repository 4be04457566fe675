import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { fitTable, type Row } from '../output/fit-table.ts';
import type { Style } from '../output/style.ts';
import { wrapText } from '../output/wrap-text.ts';
import { statusColumns, statusRows } from '../status/status-table.ts';
import type { Texts } from '../texts/texts.ts';
import { describeEvent, timeOfDay } from './describe-event.ts';
import type { HeardEvent } from './event-feed.ts';

/** What the screen of `watch` shows. */
export interface WatchView {
  readonly nowMs: number;
  readonly statuses: readonly KeyManagerStatus[];
  /** The newest first, at least as many as the screen has lines. */
  readonly events: readonly HeardEvent[];
  readonly texts: Texts;
}

/** The size of the screen, and its colours. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly paint: (text: string, style?: Style) => string;
}

const leastEvents = 4;
/** The keys that are shown first if not all of them fit. */
const urgency: readonly KeyStatus['state'][] = ['disabled', 'cooling', 'recovering', 'suspect', 'healthy'];

/** Returns the lines of the screen: a summary, the keys, and below them the events. Never more than the screen has. */
export function drawWatch(view: WatchView, screen: Screen): readonly string[] {
  const { watch: words } = view.texts;
  const top = [...headerLines(view, screen), ''];
  const bottom = [screen.paint(words.help, 'dim')];
  // The titles of both lists, and the line between them.
  const room = screen.rows - top.length - bottom.length - 3;
  const table = keyLines(view, screen, Math.max(1, room - leastEvents));
  const events = eventLines(view, screen, Math.max(0, screen.rows - top.length - bottom.length - table.length - 2));
  const lines = [...top, ...table, '', screen.paint(words.eventsTitle, 'bold'), ...events];
  return [...lines.slice(0, screen.rows - bottom.length), ...bottom];
}

function headerLines(view: WatchView, { columns, paint }: Screen): readonly string[] {
  const { statuses, nowMs } = view;
  const { watch: texts } = view.texts;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const usable = sum(statuses.map((status) => status.usable));
  const total = sum(statuses.map((status) => status.keys.length));
  const stores = statuses.flatMap(({ store }) => store ?? []);
  const [store] = stores;
  const processes = store && texts.processes(store.kind, Math.max(...stores.map((each) => each.processes)));
  const facts = [texts.usable(usable, total), ...(processes === undefined ? [] : [processes])].join(' · ');
  const left = `${texts.title} · ${facts}`;
  const time = timeOfDay(nowMs);
  const cut = left.slice(0, columns - time.length - 1).padEnd(columns - time.length);
  const away = stores.find(({ isAway }) => isAway);
  const notice = store === undefined ? texts.noStore : away && texts.storeAway(away.kind);
  const noticeLines = notice === undefined ? [] : wrapText(notice, columns);
  return [paint(cut, 'bold') + paint(time, 'dim'), ...noticeLines.map((line) => paint(line, 'yellow'))];
}

function keyLines({ statuses, texts, nowMs }: WatchView, screen: Screen, room: number): readonly string[] {
  const all = statuses.flatMap((status) => {
    const rows = statusRows(status, texts, nowMs);
    return status.keys.map(({ state }, index) => ({ state, row: rows[index] ?? [] }));
  });
  const urgent = all.toSorted((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state));
  const shown: readonly { readonly row: Row }[] = all.length <= room ? all : urgent.slice(0, room - 1);
  const { columns: width, paint } = screen;
  const rows = shown.map(({ row }) => row);
  const lines = fitTable(statusColumns(texts), rows, { width, paint });
  const others = all.length - shown.length;
  return others === 0 ? lines : [...lines, paint(texts.watch.moreKeys(others), 'dim')];
}

function eventLines({ events, texts }: WatchView, { columns, paint }: Screen, room: number): readonly string[] {
  if (events.length === 0) return [paint(texts.watch.noEvents, 'dim')].slice(0, room);
  return events.slice(0, room).map((heard) => {
    const time = timeOfDay(heard.atMs);
    return `${paint(time, 'dim')} ${paint(describeEvent(heard, texts.watch).slice(0, columns - time.length - 1))}`;
  });
}
