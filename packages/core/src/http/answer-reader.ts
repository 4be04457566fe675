import { parseJson } from '../base/parse-json.ts';

/** Reads the answers in a body whose bytes pass by. */
export interface AnswerReader {
  read(bytes: Uint8Array): void;
  end(): void;
}

type OnAnswer = (answer: unknown) => void;

/** The most characters of a JSON body, or of an event, that are kept. Longer ones are skipped. */
const longestAnswer = 1024 * 1024;

/** Creates the reader for a body of this type; `undefined` for a type without JSON in it. Hands each answer to `onAnswer`. */
export function answerReaderFor(contentType: string, onAnswer: OnAnswer): AnswerReader | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/event-stream') return new EventReader(onAnswer);
  return /^application\/(?:[^/]+\+)?json$/.test(type) ? new JsonReader(onAnswer) : undefined;
}

/** Hands on what a text holds; the entries of a list one by one, because Gemini sends a stream as a list. */
function parse(text: string, onAnswer: OnAnswer): void {
  const value = parseJson(text);
  for (const answer of Array.isArray(value) ? value : [value]) if (Object(answer) === answer) onAnswer(answer);
}

class JsonReader implements AnswerReader {
  readonly #onAnswer: OnAnswer;
  readonly #decoder = new TextDecoder();
  /** `undefined` for a body that is too long. */
  #text: string | undefined = '';

  constructor(onAnswer: OnAnswer) {
    this.#onAnswer = onAnswer;
  }

  read(bytes: Uint8Array): void {
    if (this.#text === undefined) return;
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (this.#text.length > longestAnswer) this.#text = undefined;
  }

  end(): void {
    if (this.#text) parse(this.#text, this.#onAnswer);
    this.#text = undefined;
  }
}

/** Reads the `data` of each event: https://html.spec.whatwg.org/multipage/server-sent-events.html */
class EventReader implements AnswerReader {
  readonly #onAnswer: OnAnswer;
  readonly #decoder = new TextDecoder();
  /** The line that is not complete yet. */
  #line = '';
  #data = '';
  /** Whether the current event is too long. */
  #isSkipped = false;

  constructor(onAnswer: OnAnswer) {
    this.#onAnswer = onAnswer;
  }

  read(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.#line.length <= longestAnswer) return;
    this.#line = '';
    this.#skip();
  }

  end(): void {
    this.#readLine(this.#line);
    this.#readLine('');
    this.#line = '';
  }

  #readLine(line: string): void {
    if (line === '') this.#endEvent();
    else if (line.startsWith('data:')) this.#data += line.slice('data:'.length) + '\n';
    if (this.#data.length > longestAnswer) this.#skip();
  }

  #endEvent(): void {
    if (this.#data && !this.#isSkipped) parse(this.#data, this.#onAnswer);
    this.#data = '';
    this.#isSkipped = false;
  }

  #skip(): void {
    this.#data = '';
    this.#isSkipped = true;
  }
}
