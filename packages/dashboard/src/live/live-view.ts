import type { PageDocument } from '../protocol/page-document.ts';
import { diff, type MergePatch } from '../protocol/merge-patch.ts';
import type { Seen } from '../protocol/messages.ts';
import type { View } from '../protocol/view.ts';
import { Frame } from './frame.ts';
import { PatchRing } from './patch-ring.ts';

/** Receives the frames of a view. */
export interface Follower {
  send(frame: Frame): void;
}

export interface LiveViewOptions {
  /** The canonical form of the view. */
  readonly name: string;
  readonly view: View;
  readonly incarnation: string;
  /** The sequence number of its first document. */
  readonly firstSequence: number;
  readonly now: () => number;
  readonly build: (view: View) => PageDocument;
}

/** The document of one view, shared by all that follow it. */
export class LiveView {
  readonly followers: Set<Follower> = new Set();
  /** When its next update is due, while it has followers. */
  dueAtMs = 0;
  readonly #options: LiveViewOptions;
  readonly #ring = new PatchRing();
  #sequence: number;
  #document: PageDocument | undefined;
  /** The document, serialised for a snapshot. */
  #serialised: string | undefined;
  #snapshotLength = Infinity;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#sequence = options.firstSequence;
  }

  get name(): string {
    return this.#options.name;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Builds the document, and sends what has changed to all followers. */
  update(): void {
    const document = this.#options.build(this.#options.view);
    const before = this.#document;
    const patch = before && diff(before, document);
    if (before && !patch) return;
    this.#document = document;
    this.#serialised = undefined;
    if (!patch) return;
    this.#sequence += 1;
    const frame = this.#frameOf(patch);
    for (const follower of this.followers) follower.send(frame);
  }

  /** What a client has missed: the patches since `seen`, ended by a heartbeat, or a snapshot. */
  catchUp(seen: Seen | undefined): readonly Frame[] {
    const isKnown = seen?.incarnation === this.#options.incarnation;
    const missed = isKnown ? this.#ring.last(this.#sequence - seen.sequence) : undefined;
    if (missed) return [...missed, Frame.of({ type: 'heartbeat', nowMs: this.#options.now() })];
    return this.#document ? [this.#snapshot()] : [];
  }

  /** The frame of a patch, or a snapshot if that is shorter. */
  #frameOf(patch: MergePatch): Frame {
    const sequence = this.#sequence;
    const head = { nowMs: this.#options.now(), view: this.name, sequence };
    const frame = Frame.of({ type: 'patch', ...head, patch }, this.#id);
    // Only a long patch is worth the serialisation of the document.
    if (frame.text.length > this.#snapshotLength) {
      const snapshot = this.#snapshot();
      if (snapshot.text.length < frame.text.length) {
        this.#ring.clear();
        return snapshot;
      }
    }
    this.#ring.push(frame);
    return frame;
  }

  #snapshot(): Frame {
    this.#serialised ??= JSON.stringify(this.#document);
    this.#snapshotLength = this.#serialised.length;
    const head = { type: 'snapshot', nowMs: this.#options.now(), view: this.name, sequence: this.#sequence } as const;
    return Frame.ofSnapshot(head, this.#serialised, this.#id);
  }

  get #id(): string {
    return `${this.#options.incarnation}:${this.#sequence}`;
  }
}
