import { swarmPieceLength, type SwarmView } from '../protocol/pool-head.ts';

/** Cuts the letters of all keys into pieces, so that a change of one key sends one piece. */
export function swarmOf(letters: string): SwarmView {
  const pieces = Array.from({ length: Math.ceil(letters.length / swarmPieceLength) }, (_, index) =>
    letters.slice(index * swarmPieceLength, (index + 1) * swarmPieceLength),
  );
  return Object.fromEntries(pieces.entries());
}
