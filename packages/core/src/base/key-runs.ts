import { decodedByteLists, decodedParts, unescapedLayers, type Decoded } from './decode-text.ts';

/** A part of a text: from the first index to before the second. */
export type Span = readonly [start: number, end: number];

// Samples of 10 characters, one at every third place, so that any 12 characters of a key contain one.
const sampleLength = 10;
const sampleStep = 3;
// A shorter key is found as a whole word only: the key "a" must not match every "a" of a text.
const shortestPart = 8;
const hashBits = 16;
// A key in a header in a token in base64 in JSON: two encodings around each other.
const maxEncodings = 2;

// A key has no white space, in no encoding of these.
const words = /[!-~\xa1-\xff]+/g;
const longWords = /[!-~\xa1-\xff]{10,}/g;
const wordCharacter = /[a-z0-9]/;

/** The samples of a key as it is and with its escapes undone, which is how it is found in an escaped text. */
function samplesOf(key: string): ReadonlySet<string> {
  return new Set(unescapedLayers(key).flatMap(({ text }) => samplesIn(text.toLowerCase())));
}

function samplesIn(key: string): readonly string[] {
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
    for (const sample of samplesOf(key)) if (change(this.#samples, sample, 1) === 1) this.#count(sample, 1);
  }

  delete(key: string): void {
    for (const sample of samplesOf(key)) if (change(this.#samples, sample, -1) === 0) this.#count(sample, -1);
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
    return this.#search(text, maxEncodings);
  }

  #search(text: string, encodingsLeft: number): Span[] {
    if (text.length < this.#shortest) return [];
    const spans = this.#inWords(text, encodingsLeft);
    if (encodingsLeft > 0) spans.push(...this.#inDecoded(decodedByteLists(text), 1));
    return spans;
  }

  #inWords(text: string, encodingsLeft: number): Span[] {
    const spans: Span[] = [];
    for (const { 0: word, index } of text.matchAll(this.#shortest < sampleLength ? words : longWords)) {
      for (const [start, end] of this.#inWord(word, encodingsLeft)) spans.push([index + start, index + end]);
    }
    return spans;
  }

  #inWord(word: string, encodingsLeft: number): Span[] {
    return unescapedLayers(word).flatMap((layer) => {
      const spans = this.#samplesIn(layer.text.toLowerCase(), encodingsLeft < maxEncodings);
      if (encodingsLeft > 0) spans.push(...this.#inDecoded(decodedParts(layer.text), encodingsLeft));
      return spans.map(([start, end]): Span => [layer.at(start), layer.at(end)]);
    });
  }

  #inDecoded(decoded: readonly Decoded[], encodingsLeft: number): Span[] {
    return decoded.flatMap(({ text, at }) =>
      this.#search(text, encodingsLeft - 1).map(([start, end]): Span => [at(start), at(end)]),
    );
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
