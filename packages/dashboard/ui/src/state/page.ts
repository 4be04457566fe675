import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { PageFrame, PageDocument } from '../../../src/protocol/page-document.ts';
import type { SessionInfo } from '../../../src/protocol/messages.ts';

/** The connection to the server. Times are by the server's clock. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `nextTryAtMs` is absent while a try is under way. */
  | { readonly kind: 'lost'; readonly nextTryAtMs?: number }
  /** Final: the visitor has to sign in. */
  | { readonly kind: 'signed-out' }
  /** Final, too: the visitor has to sign in to the application, which decides. */
  | { readonly kind: 'not-let-in' };

export const connection: Signal<Connection> = signal<Connection>({ kind: 'connecting' });

/** The session of the visitor; absent before the first answer of the server. */
export const session: Signal<SessionInfo | undefined> = signal<SessionInfo | undefined>(undefined);

/** The newest document of the view, also while updates are paused; absent until it has arrived. */
export const latestPage: Signal<PageDocument | undefined> = signal<PageDocument | undefined>(undefined);

/** What the page shows. */
export const page: Signal<PageDocument | undefined> = signal<PageDocument | undefined>(undefined);

/** What all pages show, also before the document of a new page has arrived. */
export const frame: Signal<PageFrame | undefined> = signal<PageFrame | undefined>(undefined);

/** The server's time of what the page shows; absent before the first document. */
export const asOfMs: Signal<number | undefined> = signal<number | undefined>(undefined);

/** Whether the visitor may act at all. If not, the page shows no actions. */
export const isReadOnly: ReadonlySignal<boolean> = computed(() => session.value?.isReadOnly ?? true);

/** Whether actions are on: only while the page is up to date. */
export const canAct: ReadonlySignal<boolean> = computed(() => !isReadOnly.value && connection.value.kind === 'live');
