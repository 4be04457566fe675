/** A text in another encoding, decoded. `at(index)` is where a decoded character begins in the original. */
export interface Decoded {
  readonly text: string;
  readonly at: (index: number) => number;
}

// Escapes in a URL in JSON in HTML.
const maxLayers = 5;
const escapes = new RegExp(
  [
    /%(?:25)*(?:u00)?([0-9a-f]{2})/, // URLs, also encoded more than once
    /\\+(?:U0{6}|x|u00|u\{0{0,4})([0-9a-f]{2})\}?/, // JSON, JavaScript, Python
    /&#x0*([0-9a-f]{2});/, // HTML
    /&#0*(1?\d{2});/,
    /\\+([0-3][0-7]{2})/, // C
    /&(amp|lt|gt|quot|apos|sol|plus|equals);/,
    /\\+/, // means nothing alone, so that it does not matter how many there are
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  plus: '+',
  equals: '=',
};

function characterOf([, percent, escape, hexEntity, entity, octal, named]: RegExpExecArray): string {
  if (named !== undefined) return entities[named.toLowerCase()] ?? '';
  const hex = percent ?? escape ?? hexEntity;
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  return entity === undefined ? '' : String.fromCharCode(Number(entity));
}

/**
 * Returns a text as it is, followed by what is left when its escapes are undone: percent-encoding, and the escapes of JSON,
 * JavaScript, C and HTML. Escapes around escapes are undone one after the other.
 */
export function unescapedLayers(text: string): readonly Decoded[] {
  let outer: Decoded = { text, at: (index) => index };
  const layers = [outer];
  while (layers.length <= maxLayers && /[%\\&]/.test(outer.text)) {
    const { text: inner, at } = unescapedOnce(outer.text);
    if (inner === outer.text) break;
    const { at: outerAt } = outer;
    outer = { text: inner, at: (index) => outerAt(at(index)) };
    layers.push(outer);
  }
  return layers;
}

function unescapedOnce(text: string): Decoded {
  const starts: number[] = [];
  let unescaped = '';
  let from = 0;
  const keep = (to: number) => {
    for (let index = from; index < to; index++) starts.push(index);
    unescaped += text.slice(from, to);
  };
  for (const match of text.matchAll(escapes)) {
    keep(match.index);
    const character = characterOf(match);
    if (character !== '') starts.push(match.index);
    unescaped += character;
    from = match.index + match[0].length;
  }
  keep(text.length);
  return { text: unescaped, at: (index) => starts[index] ?? text.length };
}

/** Returns everything that parts of a word mean in base64 or hex. The part can begin in the middle of an encoded byte. */
export function decodedParts(word: string): Decoded[] {
  if (word.length < 14) return [];
  return [...readAll(word, /[A-Za-z0-9+/_-]{14,}/g, readBase64), ...readAll(word, /[0-9a-f]{20,}/gi, readHex)];
}

/** Returns everything that lists of bytes in a text mean, decimal or in hex, as languages print them. */
export function decodedByteLists(text: string): Decoded[] {
  if (!/\d/.test(text)) return [];
  return [
    ...readAll(text, /\d{1,3}(?:[^0-9a-z]{1,100}\d{1,3}){9,}/gi, readDecimals),
    // In hex, a byte of a text begins with 2 to 7; a zero stands beside it in UTF-16.
    ...readAll(
      text,
      /(?:[2-7][0-9a-f]|00){1,2}(?:[^0-9a-z]{1,100}(?:0x)?(?:[2-7][0-9a-f]|00){1,2}){4,}/gi,
      readHexTokens,
    ),
  ];
}

function readAll(text: string, pattern: RegExp, read: (part: string) => readonly Decoded[]): Decoded[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: part, index }) =>
    read(part)
      .flatMap((decoded) => [decoded, ...withoutZeros(decoded)])
      .map(({ text: decoded, at }) => ({ text: decoded, at: (place: number) => index + at(place) })),
  );
}

/** UTF-16, as PowerShell and .NET encode texts, has a zero beside each byte. */
function withoutZeros({ text, at }: Decoded): Decoded[] {
  if (shareOf('\0', text) < 0.3) return [];
  const places = Array.from(text, (_, index) => index).filter((index) => text[index] !== '\0');
  return [{ text: text.replaceAll('\0', ''), at: (index) => at(places[index] ?? text.length) }];
}

// The first of four characters has the upper six bits of a byte, which are 8 to 31 in ASCII. Few other words are like that.
const base64OfText = /^(?:.{4})*?(?:[I-Za-f].{3}){3}/;

function readBase64(part: string): Decoded[] {
  // Half of UTF-16 is zeros.
  const isUtf16 = shareOf('A', part) > 0.2;
  return [0, 1, 2, 3]
    .filter((skipped) => isUtf16 || base64OfText.test(part.slice(skipped)))
    .map((skipped) => ({
      text: Buffer.from(part.slice(skipped), 'base64').toString('latin1'),
      at: (index) => skipped + Math.ceil((index * 4) / 3),
    }));
}

function readHex(part: string): Decoded[] {
  return [0, 1].map((skipped) => ({
    text: Buffer.from(part.slice(skipped), 'hex').toString('latin1'),
    at: (index) => skipped + index * 2,
  }));
}

function readDecimals(part: string): Decoded[] {
  const numbers = [...part.matchAll(/\d+/g)];
  // In JSON of a typed array, every other number is an index.
  const odd = numbers.filter((_, index) => index % 2 === 1);
  return [numbers, odd].map((list) => ({
    text: list.map(([number]) => String.fromCharCode(Number(number))).join(''),
    at: (index) => list[index]?.index ?? part.length,
  }));
}

function readHexTokens(part: string): Decoded[] {
  const pairs = [...part.matchAll(/(?:0x)?([0-9a-f]{2})/gi)];
  const text = pairs.map(([, hex = '']) => String.fromCharCode(Number.parseInt(hex, 16))).join('');
  return [{ text, at: (index) => pairs[index]?.index ?? part.length }];
}

function shareOf(character: string, text: string): number {
  return (text.split(character).length - 1) / text.length;
}
