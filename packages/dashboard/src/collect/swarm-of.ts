import type { SwarmView } from '../protocol/pool-head.ts';

const pieceLength = 100;

/** Cuts the letters of all keys into pieces, so that a change of one key sends one piece. */
export function swarmOf(letters: string): SwarmView {
  const pieces = Array.from({ length: Math.ceil(letters.length / pieceLength) }, (_, index) =>
    letters.slice(index * pieceLength, (index + 1) * pieceLength),
  );
  return Object.fromEntries(pieces.entries());
}
