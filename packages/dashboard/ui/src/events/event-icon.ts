import type { FeedEntry } from '../../../src/protocol/events-document.ts';
import type { IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/state-icon.tsx';

interface EventIcon {
  readonly name: IconName;
  readonly tone: Tone;
}

const icons: Readonly<Record<string, EventIcon>> = {
  'key.suspected': { name: 'suspect', tone: 'warn' },
  'key.cooled-down': { name: 'cooling', tone: 'warn' },
  'key.disabled': { name: 'refused', tone: 'bad' },
  'key.limited': { name: 'full', tone: 'info' },
  'key.preferred': { name: 'next', tone: 'info' },
  'key.preference-ended': { name: 'next', tone: 'dim' },
  'key.recovered': { name: 'healthy', tone: 'ok' },
  'key.checked': { name: 'search', tone: 'dim' },
  'attempt.failed': { name: 'cross', tone: 'dim' },
  'call.fell-over': { name: 'next', tone: 'dim' },
  'call.failed': { name: 'cross', tone: 'bad' },
  'keys.exhausted': { name: 'refused', tone: 'bad' },
  'keys.changed': { name: 'list', tone: 'info' },
  'keys.refresh-failed': { name: 'list', tone: 'warn' },
  'keys.refreshed': { name: 'list', tone: 'ok' },
  'budget.exhausted': { name: 'suspect', tone: 'warn' },
  'store.failed': { name: 'store', tone: 'warn' },
  'store.recovered': { name: 'store', tone: 'ok' },
  'alert.tested': { name: 'bell', tone: 'info' },
};

/** The icon of an event: that of the state which it leads to, if it leads to one. */
export function eventIcon({ name, reason, action, outcome }: FeedEntry): EventIcon {
  if (name === 'key.disabled' && reason === 'operator') return { name: 'off', tone: 'off' };
  if (name === 'key.recovered' && action === 'reset') return { name: 'recovering', tone: 'info' };
  if (name === 'key.checked' && outcome === 'working') return { name: 'healthy', tone: 'ok' };
  if (name === 'key.checked' && outcome === 'refused') return { name: 'refused', tone: 'bad' };
  if (name === 'alert.tested' && outcome === 'failed') return { name: 'bell', tone: 'warn' };
  return icons[name] ?? { name: 'list', tone: 'dim' };
}
