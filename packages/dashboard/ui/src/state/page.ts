import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Frame, PageDocument } from '../../../src/protocol/page-document.ts';
import type { SessionInfo } from '../../../src/protocol/messages.ts';

/** The connection to the server. Times are by the server's clock. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `nextTryAtMs` is absent while a try is under way. */
  | { readonly kind: 'lost'; readonly nextTryAtMs?: number }
  /** Final: the visitor has to sign in. */
  | { readonly kind: 'signed-out' };

export const connection: Signal<Connection> = signal<Connection>({ kind: 'connecting' });

/** Who looks, and what they may do; absent before the first answer of the server. */
export const session: Signal<SessionInfo | undefined> = signal<SessionInfo | undefined>(undefined);

/** The newest document of the view, also while the picture stands still; absent until it has arrived. */
export const latestPage: Signal<PageDocument | undefined> = signal<PageDocument | undefined>(undefined);

/** What the page shows. */
export const page: Signal<PageDocument | undefined> = signal<PageDocument | undefined>(undefined);

/** What all pages show, also before the document of a new page has arrived. */
export const frame: Signal<Frame | undefined> = signal<Frame | undefined>(undefined);

/** The server's time of what the page shows; absent until there is something. */
export const asOfMs: Signal<number | undefined> = signal<number | undefined>(undefined);

/** Whether what the page shows may no longer be true. */
export const isStale: ReadonlySignal<boolean> = computed(() => connection.value.kind !== 'live');

/** Whether the visitor may act at all. If not, the page shows no actions. */
export const isReadOnly: ReadonlySignal<boolean> = computed(() => session.value?.isReadOnly ?? true);

/** Whether actions are on. */
export const canAct: ReadonlySignal<boolean> = computed(() => !isReadOnly.value && !isStale.value);
