import { createRuntime } from '@api-key-fallback/core/adapter';
import type { Frame } from '../../src/live/frame.ts';
import { LiveViews } from '../../src/live/live-views.ts';
import type { PageDocument } from '../../src/protocol/page-document.ts';
import type { Seen, ServerMessage } from '../../src/protocol/messages.ts';
import { formatView, type View } from '../../src/protocol/view.ts';
import { FakeClock } from '../../../../test-support/fake-clock.ts';

/** Views of documents that the test writes. */
export class ViewsScene {
  readonly clock = new FakeClock();
  readonly warnings: string[] = [];
  /** The views that were built, in order. */
  readonly built: string[] = [];
  /** What the documents contain. */
  value = 'one';
  /** How often a document, or a patch that contains the value, was serialised. */
  serialisations = 0;
  /** Names that the documents contain besides. */
  names: readonly string[] = [];
  costMs = 0;
  readonly views = new LiveViews({
    incarnation: 'first',
    runtime: createRuntime(this.clock),
    build: (view) => this.#build(view),
    warn: (text) => this.warnings.push(text),
  });

  /** Follows a view. Returns what arrives, and the function that ends it. */
  follow(query: string, seen?: Seen): { readonly messages: ServerMessage[]; readonly frames: Frame[]; stop(): void } {
    const [messages, frames]: [ServerMessage[], Frame[]] = [[], []];
    const send = (frame: Frame) => {
      frames.push(frame);
      messages.push(JSON.parse(frame.text) as ServerMessage);
    };
    return { messages, frames, stop: this.views.follow(query, { send }, seen) };
  }

  #build(view: View): PageDocument {
    this.built.push(formatView(view));
    this.clock.spend(this.costMs);
    if (this.value === 'broken') throw new Error('A text of the application.');
    const toJSON = () => {
      this.serialisations += 1;
      return [this.value];
    };
    return {
      value: Object.assign([this.value], { toJSON }),
      names: Object.fromEntries(this.names.map((name) => [name, 0])),
      // Longer than the frame of a short patch, as real documents are.
      rest: '.'.repeat(200),
    } as unknown as PageDocument;
  }
}

/** The short form of messages: `snapshot 1`, `patch 2`, `heartbeat`. */
export function shortOf(messages: readonly ServerMessage[]): string[] {
  return messages.map((message) => ('sequence' in message ? `${message.type} ${message.sequence}` : message.type));
}
