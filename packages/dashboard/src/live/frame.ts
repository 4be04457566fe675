import type { ServerMessage } from '../protocol/messages.ts';

type Snapshot = Extract<ServerMessage, { readonly type: 'snapshot' }>;

/** A message as it is sent. It is encoded once for any number of clients. */
export class Frame {
  readonly text: string;
  readonly #id: string | undefined;
  #bytes: Buffer | undefined;
  #event: Buffer | undefined;

  /** `id` is what a client of the event stream repeats to resume. */
  constructor(text: string, id?: string) {
    this.text = text;
    this.#id = id;
  }

  static of(message: ServerMessage, id?: string): Frame {
    return new Frame(JSON.stringify(message), id);
  }

  /** A snapshot whose document is serialised already. */
  static ofSnapshot(head: Omit<Snapshot, 'document'>, document: string, id: string): Frame {
    return new Frame(`${JSON.stringify(head).slice(0, -1)},"document":${document}}`, id);
  }

  /** As the WebSocket sends it. */
  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text));
  }

  /** As the event stream sends it. */
  get event(): Buffer {
    const id = this.#id === undefined ? '' : `id: ${this.#id}\n`;
    return (this.#event ??= Buffer.from(`${id}data: ${this.text}\n\n`));
  }
}
