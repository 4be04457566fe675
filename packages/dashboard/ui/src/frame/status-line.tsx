import type { ComponentChildren, VNode } from 'preact';
import type { PageFrame } from '../../../src/protocol/page-document.ts';
import { countdown, past } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { live } from '../live/sign-in.ts';
import { Icon } from '../parts/icon.tsx';
import { nowMs } from '../state/clock.ts';
import { asOfMs, connection, frame } from '../state/page.ts';
import { isPaused } from '../state/view.ts';
import { texts } from '../texts/texts.ts';

/** Whether the page is up to date, and what its numbers cover. It always has the same height: trouble changes its colour. */
export function StatusLine(): VNode {
  const now = connection.value;
  const store = frame.value?.store;
  if (now.kind === 'lost') return <Lost nextTryAtMs={now.nextTryAtMs} />;
  if (now.kind === 'connecting')
    return <Line tone="info" icon={<Icon name="plug" />} main={texts.value.statusLine.connecting} />;
  if (store?.awaySinceMs !== undefined) return <Away store={store.kind} sinceMs={store.awaySinceMs} />;
  const words = texts.value.statusLine;
  const more = frame.value && <Scope frame={frame.value} />;
  if (isPaused.value)
    return <Line tone="info" icon={<Icon name="pause" />} main={words.paused} time={<AsOf />} more={more} />;
  return (
    <Line tone="ok" icon={<span class="pulse" aria-hidden="true" />} main={words.live} time={<AsOf />} more={more} />
  );
}

interface LineProps {
  readonly tone: 'ok' | 'info' | 'warn' | 'bad';
  readonly icon: VNode;
  readonly main: ComponentChildren;
  readonly time?: ComponentChildren;
  readonly more?: ComponentChildren;
  readonly button?: ComponentChildren;
}

function Line({ tone, icon, main, time, more, button }: LineProps): VNode {
  return (
    <section class={`statusline statusline-${tone}`} aria-label={texts.value.statusLine.label}>
      <div class="statusline-in">
        <span class="statusline-main">
          {icon}
          <b class="num">{main}</b>
          {time}
        </span>
        <span class="statusline-more">{more}</span>
        {button}
      </div>
    </section>
  );
}

function Lost({ nextTryAtMs }: { readonly nextTryAtMs: number | undefined }): VNode {
  const words = texts.value.statusLine;
  const shown = asOfMs.value;
  return (
    <Line
      tone="bad"
      icon={<Icon name="plug" />}
      main={nextTryAtMs === undefined ? words.lostTrying : words.lost(countdown(nextTryAtMs - nowMs.value))}
      more={shown === undefined ? words.nothingYet : words.stale(clockTime(shown, true))}
      button={
        <button type="button" class="btn btn-xs" disabled={nextTryAtMs === undefined} onClick={() => live.tryNow()}>
          {words.tryNow}
        </button>
      }
    />
  );
}

function Away({ store, sinceMs }: { readonly store: string; readonly sinceMs: number }): VNode {
  const words = texts.value.statusLine;
  return (
    <Line
      tone="warn"
      icon={<Icon name="store" />}
      main={words.away(store, countdown(nowMs.value - sinceMs))}
      time={<AsOf />}
      more={words.awayMeans}
    />
  );
}

function AsOf(): VNode | null {
  const shown = asOfMs.value;
  if (shown === undefined) return null;
  const text = texts.value.statusLine.asOf(clockTime(shown, true), past(nowMs.value - shown));
  return <span class="num statusline-time">{text}</span>;
}

function Scope({ frame: { store, historySinceMs } }: { readonly frame: PageFrame }): VNode {
  return (
    <span>
      {scopeText(store)}
      <span class="sep" />
      {texts.value.statusLine.history(clockTime(historySinceMs))}
    </span>
  );
}

function scopeText(store: PageFrame['store']): string {
  const words = texts.value.statusLine;
  if (!store) return words.ownScope;
  if (store.isPartial) return words.partlyShared(store.kind);
  return store.processes > 1 ? words.sharedScope(number(store.processes), store.kind) : words.alone(store.kind);
}
