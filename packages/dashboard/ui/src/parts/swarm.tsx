import type { VNode } from 'preact';
import { keyStates, stateLetters, type KeyUiState } from '../../../src/protocol/key-row.ts';
import { swarmPieceLength, type SwarmView } from '../../../src/protocol/pool-head.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';

const size = 12;

/** The mark of a state around its middle. */
const marks: Readonly<Record<KeyUiState, (x: number, y: number) => string>> = {
  healthy: (x, y) => `M${x - 1.7} ${y}h3.4`,
  full: (x, y) => `M${x - 4} ${y + 3.5}h8v-7h-8z`,
  recovering: (x, y) => `M${x - 4} ${y + 3.5}h8v-7h-8z`,
  suspect: (x, y) => `M${x} ${y - 4}L${x + 4.4} ${y + 3.8}H${x - 4.4}Z`,
  cooling: (x, y) => `M${x - 4} ${y - 4}h8v8h-8z`,
  refused: (x, y) => `M${x - 3.6} ${y - 3.6}l7.2 7.2M${x + 3.6} ${y - 3.6}l-7.2 7.2`,
  off: (x, y) => `M${x - 3.6} ${y + 3.6}l7.2-7.2`,
};

interface SwarmProps {
  readonly swarm: SwarmView;
  /** The number of keys. */
  readonly keys: number;
  readonly perRow: number;
}

/** One mark for each key, in list order. */
export function Swarm({ swarm, keys, perRow }: SwarmProps): VNode {
  const pieces = Object.keys(swarm).toSorted((a, b) => Number(a) - Number(b));
  const all = pieces.map((name) => swarm[name]).join('');
  return (
    <svg
      class="swarm"
      role="img"
      aria-label={`${texts.value.swarm(number(keys))}: ${countsText(all)}`}
      viewBox={`0 0 ${perRow * size} ${Math.ceil(keys / perRow) * size}`}
    >
      {pieces.map((name) => (
        <Piece key={name} letters={swarm[name] ?? ''} first={Number(name) * swarmPieceLength} perRow={perRow} />
      ))}
    </svg>
  );
}

interface PieceProps {
  readonly letters: string;
  readonly first: number;
  readonly perRow: number;
}

/** One path for each state instead of one for each key: 10,000 keys are 700 elements. */
function Piece({ letters, first, perRow }: PieceProps): VNode {
  return (
    <g>
      {keyStates.map((state) => (
        <path key={state} class={`mark mark-${state}`} d={pathOf(state, letters, first, perRow)} />
      ))}
    </g>
  );
}

function pathOf(state: KeyUiState, letters: string, first: number, perRow: number): string {
  let path = '';
  for (let at = letters.indexOf(stateLetters[state]); at !== -1; at = letters.indexOf(stateLetters[state], at + 1)) {
    const place = first + at;
    path += marks[state]((place % perRow) * size + size / 2, Math.floor(place / perRow) * size + size / 2);
  }
  return path;
}

function countsText(letters: string): string {
  return keyStates
    .map((state) => ({ state, count: letters.split(stateLetters[state]).length - 1 }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${number(count)} ${texts.value.states[state]}`)
    .join(', ');
}
