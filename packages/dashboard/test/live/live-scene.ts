import { createRuntime } from '@api-key-fallback/core/adapter';
import type { CloseReason, Connection, Visitor } from '../../src/live/connection.ts';
import { Live } from '../../src/live/live.ts';
import type { PageDocument } from '../../src/protocol/page-document.ts';
import type { ServerMessage } from '../../src/protocol/messages.ts';
import { formatView } from '../../src/protocol/view.ts';
import { FakeClock } from '../../../../test-support/fake-clock.ts';

/** A client of the live protocol that reads as the test says. */
export interface FakeClient {
  readonly connection: Connection;
  readonly messages: ServerMessage[];
  readonly closed: CloseReason[];
  waitingBytes: number;
}

/** The live protocol on a clock of the test, without a network. */
export class LiveScene {
  readonly clock = new FakeClock();
  /** The views that were built, in order. */
  readonly built: string[] = [];
  readonly live: Live;

  /** `text` is part of each document, and of each patch. */
  constructor(text = '') {
    this.live = new Live({
      runtime: createRuntime(this.clock),
      build: (view) => {
        this.built.push(formatView(view));
        const changing = { nowMs: this.clock.now(), text: text && `${text}${this.clock.now()}` };
        return { ...changing, rest: '.'.repeat(500) } as unknown as PageDocument;
      },
      warn: () => {},
    });
  }

  get visitor(): Visitor {
    const about = { protocol: 1, title: 'API keys', locale: 'en', isReadOnly: false, canSignOut: true } as const;
    return { session: { ...about, actor: 'ana' }, access: { actor: 'ana' } };
  }

  connect(access: Partial<Visitor['access']> = {}): FakeClient {
    const client = { messages: [] as ServerMessage[], closed: [] as CloseReason[], waitingBytes: 0 };
    const transport = {
      get waitingBytes() {
        return client.waitingBytes;
      },
      send: ({ text }: { readonly text: string }) => void client.messages.push(JSON.parse(text) as ServerMessage),
      close: (reason: CloseReason) => void client.closed.push(reason),
      check: () => {},
    };
    const visitor = { ...this.visitor, access: { ...this.visitor.access, ...access } };
    return Object.assign(client, { connection: this.live.connect(transport, visitor) });
  }
}
