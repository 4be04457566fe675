import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { formatView, parseView, type View } from '../../../src/protocol/view.ts';

/** A change of the address. With `page`, other fields get the defaults of that page; without, they stay as they are. */
export type ViewChange = Partial<View>;

interface Address {
  readonly view: View;
  readonly isPaused: boolean;
}

const address = signal<Address>(parseAddress(''));

/** What is on the screen, as the address says. */
export const view: ReadonlySignal<View> = computed(() => address.value.view);

/** Whether updates are paused. Messages still arrive. */
export const isPaused: ReadonlySignal<boolean> = computed(() => address.value.isPaused);

/** The address of a view, such as `#/provider/openai?range=24h`. */
export function link(change: ViewChange): string {
  return formatAddress({ ...address.value, view: changed(change) });
}

/** Goes to a view. Another page is a step in the history of the browser; a filter is not, unless `step` says so. */
export function go(
  change: ViewChange,
  step: 'push' | 'replace' = change.page === undefined ? 'replace' : 'push',
): void {
  setAddress({ ...address.value, view: changed(change) }, step);
}

/** Pauses or resumes updates. */
export function setPaused(paused: boolean): void {
  setAddress({ ...address.value, isPaused: paused }, 'replace');
}

/** Follows the address from now on. */
export function followAddress(): void {
  address.value = parseAddress(location.hash);
  addEventListener('popstate', () => {
    // A step back must not pause or resume updates.
    setAddress({ ...parseAddress(location.hash), isPaused: address.value.isPaused }, 'replace');
  });
}

function setAddress(next: Address, step: 'push' | 'replace'): void {
  const isSame = formatAddress(next) === formatAddress(address.value);
  const method = step === 'push' && !isSame ? 'pushState' : 'replaceState';
  history[method](undefined, '', `${location.pathname}${location.search}${formatAddress(next)}`);
  if (!isSame) address.value = next;
}

function changed(change: ViewChange): View {
  const from = change.page === undefined ? address.value.view : parseView(`page=${change.page}`);
  return { ...from, ...change } as View;
}

function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const fields = new URLSearchParams(query);
  const [page = '', provider, pool] = path.split('/').map(decoded);
  fields.set('page', page);
  if (page === 'provider' && provider !== undefined) fields.set('provider', provider);
  if (page === 'provider' && pool !== undefined) fields.set('pool', pool);
  return { view: parseView(fields.toString()), isPaused: fields.has('paused') };
}

function formatAddress({ view: shown, isPaused: paused }: Address): string {
  const fields = new URLSearchParams(formatView(shown));
  const path = [shown.page as string];
  fields.delete('page');
  if (shown.page === 'provider') {
    path.push(shown.provider, ...(shown.pool === 'default' ? [] : [shown.pool]));
    fields.delete('provider');
    fields.delete('pool');
  }
  if (paused) fields.set('paused', '1');
  const query = fields.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

/** Decodes a part of an address. A part that is not valid stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
