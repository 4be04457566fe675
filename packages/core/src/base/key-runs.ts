/** A part of a text: from the first index to before the second. */
export type Span = readonly [start: number, end: number];

/** A text in another encoding, decoded. `at(index)` is where a decoded character begins in the original. */
interface Decoded {
  readonly text: string;
  readonly at: (index: number) => number;
}

interface Encoding {
  readonly pattern: RegExp;
  /** The shortest text that the pattern matches. */
  readonly shortest: number;
  /** The run can begin in the middle of an encoded byte, so there is one reading for each beginning. */
  readonly read: (run: string) => readonly Decoded[];
}

// Samples of 10 characters, one at every third place, so that any 12 characters of a key contain one.
const sampleLength = 10;
const sampleStep = 3;
// A shorter key is found as a whole word only: the key "a" must not match every "a" of a text.
const shortestPart = 8;
const hashBits = 16;
// A key in a header in a token in base64 in JSON: two encodings around each other.
const maxEncodings = 2;
// Escapes in a URL in JSON in HTML.
const maxEscapes = 5;

// A key has no white space, in no encoding of these.
const words = /[!-~\xa1-\xff]+/g;
const longWords = /[!-~\xa1-\xff]{10,}/g;
const wordCharacter = /[a-z0-9]/;
const escapes =
  /%(?:25)*([0-9a-f]{2})|\\+(?:u00|x)([0-9a-f]{2})|\\+|&#x([0-9a-f]{2});|&#(1?\d{2});|&(amp|lt|gt|quot|apos);/gi;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const encodings: readonly Encoding[] = [
  { pattern: /[A-Za-z0-9+/_-]{14,}/g, shortest: 14, read: readBase64 },
  { pattern: /[0-9a-f]{20,}/gi, shortest: 20, read: (run) => [0, 1].map((skipped) => fromHex(run, skipped)) },
];

/** Bytes as numbers, as Node prints a `Buffer` or a typed array. */
const byteLists: readonly Encoding[] = [
  { pattern: /\b[0-9a-f]{2}(?:[ :][0-9a-f]{2}){9,}\b/gi, shortest: 29, read: (run) => [fromNumbers(run, 16)] },
  { pattern: /\b\d{1,3}(?:,\s{0,9}\d{1,3}){9,}\b/g, shortest: 19, read: (run) => [fromNumbers(run, 10)] },
];

// The first of four characters has the upper six bits of a byte, which are 8 to 31 in ASCII. Few other words are like that.
const base64OfText = /^(?:.{4})*?(?:[I-Za-f].{3}){3}/;

function readBase64(run: string): Decoded[] {
  return [0, 1, 2, 3]
    .filter((skipped) => base64OfText.test(run.slice(skipped)))
    .map((skipped) => fromBase64(run, skipped));
}

function fromBase64(run: string, skipped: number): Decoded {
  const text = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
  return { text, at: (index) => skipped + Math.ceil((index * 4) / 3) };
}

function fromHex(run: string, skipped: number): Decoded {
  return { text: Buffer.from(run.slice(skipped), 'hex').toString('latin1'), at: (index) => skipped + index * 2 };
}

function fromNumbers(run: string, base: number): Decoded {
  const numbers = [...run.matchAll(/[0-9a-f]+/gi)];
  const text = String.fromCharCode(...numbers.map(([number]) => Number.parseInt(number, base)));
  return { text, at: (index) => numbers[index]?.index ?? run.length };
}

/** Undoes percent-encoding, escapes of JSON and JavaScript, and entities of HTML, byte by byte and around each other. */
function unescaped(word: string): Decoded {
  let decoded: Decoded = { text: word, at: (index) => index };
  for (let layer = 0; layer < maxEscapes && /[%\\&]/.test(decoded.text); layer++) {
    const { text, at } = unescapedOnce(decoded.text);
    if (text === decoded.text) break;
    const outer = decoded.at;
    decoded = { text, at: (index) => outer(at(index)) };
  }
  return decoded;
}

function unescapedOnce(word: string): Decoded {
  const starts: number[] = [];
  let text = '';
  let from = 0;
  const keep = (to: number) => {
    for (let index = from; index < to; index++) starts.push(index);
    text += word.slice(from, to);
  };
  for (const match of word.matchAll(escapes)) {
    keep(match.index);
    const character = characterOf(match);
    if (character !== '') starts.push(match.index);
    text += character;
    from = match.index + match[0].length;
  }
  keep(word.length);
  return { text, at: (index) => starts[index] ?? word.length };
}

/** Returns the character of an escape. A backslash alone means nothing, so that it does not matter how many there are. */
function characterOf([, percent, escape, hexEntity, entity, named]: RegExpExecArray): string {
  if (named !== undefined) return entities[named.toLowerCase()] ?? '';
  const hex = percent ?? escape ?? hexEntity;
  if (hex === undefined && entity === undefined) return '';
  return String.fromCharCode(hex === undefined ? Number(entity) : Number.parseInt(hex, 16));
}

function fold(key: string): string {
  return unescaped(key).text.toLowerCase();
}

function samplesOf(key: string): readonly string[] {
  const last = key.length - sampleLength;
  if (last <= 0) return key === '' ? [] : [key];
  // From the end, and one at the beginning, so that a whole key is covered to its last character.
  const places = [0];
  for (let place = last; place > 0; place -= sampleStep) places.push(place);
  return places.map((place) => key.slice(place, place + sampleLength));
}

/**
 * Finds keys in texts: every run of 12 characters of a key, whatever stands around it, in upper or lower case, and in
 * every common encoding. Shorter keys are found as a whole.
 *
 * Adding a key costs time in proportion to its length. Searching costs time in proportion to the text, for any number of keys.
 */
export class KeyRuns {
  /** How many keys have each sample. */
  readonly #samples = new Map<string, number>();
  /** How many samples there are of each length. */
  readonly #lengths = new Map<number, number>();
  #shortest = Infinity;
  /** How many samples end in four characters of each hash. It rules out most of a text, which halves the time of a search. */
  #endings: Uint32Array | undefined;

  add(key: string): void {
    for (const sample of samplesOf(fold(key))) if (change(this.#samples, sample, 1) === 1) this.#count(sample, 1);
  }

  delete(key: string): void {
    for (const sample of samplesOf(fold(key))) if (change(this.#samples, sample, -1) === 0) this.#count(sample, -1);
  }

  #count(sample: string, by: 1 | -1): void {
    change(this.#lengths, sample.length, by);
    this.#shortest = Math.min(...this.#lengths.keys());
    if (sample.length < sampleLength) return;
    this.#endings ??= new Uint32Array(2 ** hashBits);
    let ending = 0;
    for (let index = sampleLength - 4; index < sampleLength; index++) ending = (ending << 8) | sample.charCodeAt(index);
    this.#endings[hash(ending)]! += by;
  }

  /** The length of the shortest text that can contain a part of a key; `Infinity` without keys. */
  get shortest(): number {
    return this.#shortest;
  }

  /** Whether a text contains a part of a key as it is, in no encoding. */
  isIn(text: string): boolean {
    return text.length >= this.#shortest && this.#inWords(text, 0).length > 0;
  }

  /** Returns the parts of a text that belong to keys. They can overlap, in any order. */
  find(text: string): Span[] {
    if (text.length < this.#shortest) return [];
    return [...this.#inWords(text, maxEncodings), ...this.#inEncoded(text, byteLists, 1)];
  }

  #inWords(text: string, encodingsLeft: number): Span[] {
    const spans: Span[] = [];
    for (const { 0: word, index } of text.matchAll(this.#shortest < sampleLength ? words : longWords)) {
      for (const [start, end] of this.#inWord(word, encodingsLeft)) spans.push([index + start, index + end]);
    }
    return spans;
  }

  #inWord(word: string, encodingsLeft: number): Span[] {
    const { text, at } = unescaped(word);
    const spans = this.#samplesIn(text.toLowerCase(), encodingsLeft < maxEncodings);
    if (encodingsLeft > 0) spans.push(...this.#inEncoded(text, encodings, encodingsLeft));
    return spans.map(([start, end]) => [at(start), at(end)]);
  }

  #samplesIn(text: string, isDecoded: boolean): Span[] {
    const spans: Span[] = [];
    for (const length of this.#lengths.keys()) {
      // Decoded bytes that are no text are random, and contain every short key.
      if (isDecoded && length < shortestPart) continue;
      const endings = length === sampleLength ? this.#endings : undefined;
      let ending = 0;
      for (let end = 1; end <= text.length; end++) {
        ending = (ending << 8) | text.charCodeAt(end - 1);
        if (end < length || endings?.[hash(ending)] === 0) continue;
        const start = end - length;
        if (!this.#samples.has(text.slice(start, end))) continue;
        if (length >= shortestPart || isWholeWord(text, start, end)) spans.push([start, end]);
      }
    }
    return spans;
  }

  #inEncoded(text: string, ways: readonly Encoding[], encodingsLeft: number): Span[] {
    const spans: Span[] = [];
    for (const { pattern, shortest, read } of ways) {
      if (text.length < shortest) continue;
      for (const { 0: run, index } of text.matchAll(pattern)) {
        for (const { text: decoded, at } of read(run)) {
          for (const [start, end] of this.#inWords(decoded, encodingsLeft - 1)) {
            spans.push([index + at(start), index + at(end)]);
          }
        }
      }
    }
    return spans;
  }
}

function hash(ending: number): number {
  return Math.imul(ending, 0x9e_37_79_b1) >>> (32 - hashBits);
}

function change<K>(counts: Map<K, number>, name: K, by: 1 | -1): number {
  const sum = (counts.get(name) ?? 0) + by;
  if (sum > 0) counts.set(name, sum);
  else counts.delete(name);
  return sum;
}

function isWholeWord(text: string, start: number, end: number): boolean {
  return !wordCharacter.test(text[start - 1] ?? '') && !wordCharacter.test(text[end] ?? '');
}
