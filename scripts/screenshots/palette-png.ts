import { crc32, deflateSync } from 'node:zlib';

/** A picture without transparency: four bytes for each pixel, red, green, blue and one that is not used. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const mostColors = 256;
/** Two colors of the palette differ by at least this much, squared, so that rare colors find a near one. */
const leastDistance = 64;
const paletteColorType = 3;

/** Encodes a picture as a PNG of at most 256 colors, which takes a third of the bytes: https://www.w3.org/TR/png-3 */
export function palettePng(picture: Picture): Buffer {
  const { width, height } = picture;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, paletteColorType, 0, 0, 0], 8);
  const palette = paletteOf(picture);
  const bytes = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', bytes),
    chunk('IDAT', deflateSync(linesOf(picture, palette), { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}

function colorAt({ pixels }: Picture, index: number): number {
  const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 4, index * 4 + 3);
  return (red << 16) | (green << 8) | blue;
}

/** The most frequent colors that are not nearly the same. */
function paletteOf(picture: Picture): readonly number[] {
  const counts = new Map<number, number>();
  for (let index = 0; index < picture.width * picture.height; index++) {
    const color = colorAt(picture, index);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette: number[] = [];
  for (const [color] of [...counts].toSorted(([, a], [, b]) => b - a)) {
    if (palette.every((known) => distance(known, color) >= leastDistance)) palette.push(color);
    if (palette.length === mostColors) break;
  }
  return palette;
}

/** The lines of pixels as places in the palette, each after a byte that says that it is not filtered. */
function linesOf(picture: Picture, palette: readonly number[]): Buffer {
  const { width, height } = picture;
  const places = new Map<number, number>();
  const lines = Buffer.alloc((width + 1) * height);
  for (let index = 0; index < width * height; index++) {
    const color = colorAt(picture, index);
    const place = places.get(color) ?? nearest(palette, color);
    places.set(color, place);
    lines[index + Math.floor(index / width) + 1] = place;
  }
  return lines;
}

function nearest(palette: readonly number[], color: number): number {
  const distances = palette.map((known) => distance(known, color));
  return distances.indexOf(Math.min(...distances));
}

/** The squared distance. */
function distance(a: number, b: number): number {
  const part = (shift: number) => (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2;
  return part(16) + part(8) + part(0);
}
