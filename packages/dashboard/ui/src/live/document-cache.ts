import { batch, effect } from '@preact/signals';
import type { PageDocument } from '../../../src/protocol/page-document.ts';
import { applyPatch } from '../../../src/protocol/merge-patch.ts';
import type { Seen, ServerMessage } from '../../../src/protocol/messages.ts';
import { asOfMs, frame, latestPage, page } from '../state/page.ts';
import { isPaused } from '../state/view.ts';

interface Known extends Seen {
  readonly document: PageDocument;
  readonly asOfMs: number;
}

const keptViews = 6;

/** Keeps the newest documents of the last few views, and what the page shows of them. */
export class DocumentCache {
  readonly #known = new Map<string, Known>();
  #view = '';
  /** The view whose document is shown. Differs from `#view` while updates are paused or a page loads. */
  #shownView = '';

  constructor() {
    effect(() => {
      if (!isPaused.value) this.#show();
    });
  }

  /** How far a view has been followed. */
  seen(view: string): Seen | undefined {
    const known = this.#known.get(view);
    return known && { incarnation: known.incarnation, sequence: known.sequence };
  }

  /** Turns to another view. With `isSamePage`, the shown document stays until the new one arrives. */
  turnTo(view: string, isSamePage: boolean): void {
    this.#view = view;
    const known = this.#known.get(view);
    batch(() => {
      latestPage.value = known?.document;
      if (known) this.#show();
      else if (!isSamePage) page.value = undefined;
    });
  }

  /** Applies a message. Returns `false` if a patch was lost, so that a snapshot is needed. */
  receive(message: ServerMessage, incarnation: string): boolean {
    if (message.type === 'hello') return true;
    const view = message.type === 'heartbeat' ? this.#view : message.view;
    const known = this.#known.get(view);
    if (message.type === 'snapshot') {
      this.#keep(view, { incarnation, sequence: message.sequence, document: message.document, asOfMs: message.nowMs });
    } else if (message.type === 'patch') {
      if (known?.incarnation !== incarnation || message.sequence !== known.sequence + 1) return this.#forget(view);
      const document = applyPatch(known.document, message.patch);
      this.#keep(view, { incarnation, sequence: message.sequence, document, asOfMs: message.nowMs });
    } else if (known) {
      this.#keep(view, { ...known, asOfMs: message.nowMs });
    }
    return true;
  }

  /** After a sign-out the next visitor may be another one. */
  clear(): void {
    this.#known.clear();
    batch(() => {
      for (const each of [page, latestPage, frame, asOfMs]) each.value = undefined;
    });
  }

  #keep(view: string, known: Known): void {
    // Drops the least recently followed one.
    this.#known.delete(view);
    this.#known.set(view, known);
    for (const old of this.#known.keys()) if (this.#known.size > keptViews) this.#known.delete(old);
    if (view !== this.#view) return;
    batch(() => {
      latestPage.value = known.document;
      if (!isPaused.value || this.#shownView !== view) this.#show();
    });
  }

  #forget(view: string): false {
    this.#known.delete(view);
    return false;
  }

  #show(): void {
    const known = this.#known.get(this.#view);
    if (!known) return;
    this.#shownView = this.#view;
    batch(() => {
      page.value = known.document;
      frame.value = known.document.frame;
      asOfMs.value = known.asOfMs;
    });
  }
}
