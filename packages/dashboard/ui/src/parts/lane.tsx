import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import {
  keyStates,
  stateLetters,
  usableStates,
  type KeyRow,
  type KeyUiState,
  type LaneView,
} from '../../../src/protocol/key-row.ts';
import { clockTime } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';
import { untilText } from './state-text.tsx';

const aheadMinutes = 15;
const minuteMs = 60_000;
const height = 26;
const barWidth = 0.72;
const idleHeight = 2;
const heights: Readonly<Record<KeyUiState, number>> = {
  healthy: 9,
  full: 13,
  recovering: 13,
  suspect: 15,
  cooling: 16,
  refused: 2,
  off: 2,
};

/** Bars of one minute with a gap between them; the others are one block. */
const single: ReadonlySet<KeyUiState> = new Set(['healthy', 'suspect', 'recovering', 'full']);
/** A pattern would be stretched with the paths, so these are drawn as rectangles. */
const hatched: ReadonlySet<KeyUiState> = new Set(['cooling', 'full', 'recovering']);

/** The last 60 minutes of a key, the line "now", and what is known of the next 15. */
export function Lane({ row }: { readonly row: KeyRow }): VNode {
  return (
    <span class="lane-box">
      <PastLane lane={row.lane} />
      <AheadLane row={row} />
    </span>
  );
}

interface Drawing {
  /** One path for each class, in minutes and pixels. */
  readonly paths: Map<string, string>;
  readonly blocks: { readonly state: KeyUiState; readonly from: number; to: number; readonly isBar: boolean }[];
  readonly ends: { readonly state: KeyUiState; readonly at: number }[];
}

function PastLane({ lane }: { readonly lane: LaneView }): VNode {
  const { paths, blocks, ends } = useMemo(() => draw(lane), [lane]);
  const minutes = lane.states.length;
  const share = shareOf(minutes);
  // The paths are as wide as the lane in minutes: nothing has to be measured.
  return (
    <svg class="lane" aria-hidden="true">
      <svg viewBox={`0 0 ${minutes + aheadMinutes} ${height}`} preserveAspectRatio="none" height={height}>
        {[...paths].map(([name, path]) => (
          <path key={name} class={name} d={path} />
        ))}
      </svg>
      {blocks.map(({ state, from, to, isBar }) => (
        <rect
          key={from}
          class={`bar-${state}`}
          x={share(from)}
          y={(height - heights[state]) / 2}
          width={share(to - from - (isBar ? 1 - barWidth : 0))}
          height={heights[state]}
        />
      ))}
      {ends.map(({ state, at }) => (
        <rect key={`end ${at}`} class={`bar-end bar-end-${state}`} x={share(at)} y={2} width={3} height={height - 4} />
      ))}
    </svg>
  );
}

function draw({ states, failures }: LaneView): Drawing {
  const drawing: Drawing = { paths: new Map(), blocks: [], ends: [] };
  const add = (name: string, x: number, y: number, width: number, high: number) => {
    drawing.paths.set(name, `${drawing.paths.get(name) ?? ''}M${x} ${y}h${width}v${high}h${-width}z`);
  };
  let before: KeyUiState | undefined;
  for (let minute = 0; minute < states.length; minute++) {
    const state = stateOf(states[minute]);
    const failed = failures[minute] ?? '.';
    // A minute without attempts is thin.
    const isIdle = state !== undefined && usableStates.has(state) && failed === '.';
    if (state !== undefined) {
      const high = isIdle ? idleHeight : heights[state];
      const width = single.has(state) ? barWidth : 1;
      if (isIdle) add('bar-idle', minute, (height - high) / 2, width, high);
      else if (hatched.has(state)) addBlock(drawing, state, minute);
      else add(`bar-${state}`, minute, (height - high) / 2, width, high);
      // The moment of its end. A line without life follows.
      if ((state === 'refused' || state === 'off') && before !== undefined && before !== state) {
        drawing.ends.push({ state, at: minute });
      }
      const bad = failed === 'X' ? 1 : Number(failed) / 10;
      // Failures fill the bar from below.
      if (bad >= 0.1) {
        const filled = Math.max(3, high * bad);
        add('bar-failures', minute, height / 2 + high / 2 - filled, barWidth, filled);
      }
    }
    before = state;
  }
  return drawing;
}

function addBlock({ blocks }: Drawing, state: KeyUiState, minute: number): void {
  const isBar = single.has(state);
  const last = blocks.at(-1);
  if (last?.state === state && last.to === minute && !isBar) last.to = minute + 1;
  else blocks.push({ state, from: minute, to: minute + 1, isBar });
}

/** The line "now" and what is known of the next minutes. It moves with the clock. */
function AheadLane({ row }: { readonly row: KeyRow }): VNode {
  const now = nowMs.value;
  const { state, untilMs, lane } = row;
  const minutes = lane.states.length;
  const share = shareOf(minutes);
  const isFlat = state === 'refused' || state === 'off';
  const waits = isFlat || untilMs === undefined ? 0 : Math.max(0, (untilMs - now) / minuteMs);
  const shown = Math.min(waits, aheadMinutes);
  const isBeyond = waits > aheadMinutes;
  const end = share(minutes + shown);
  return (
    <svg class="lane lane-ahead" role="img" aria-label={`${texts.value.states[state]}. ${untilText(row, now)}.`}>
      {shown > 0 && <rect class={`ahead-${state}`} x={share(minutes)} y={2} width={share(shown)} height={height - 4} />}
      {shown > 0 && !isBeyond && <line class={`ahead-end ahead-${state}`} x1={end} x2={end} y1={1} y2={height - 1} />}
      {isFlat && (
        <rect class={`ahead-${state}`} x={share(minutes)} y={height / 2 - 1} width={share(aheadMinutes)} height={2} />
      )}
      <line class="nowline" x1={share(minutes)} x2={share(minutes)} y1={-12} y2={height + 12} />
      {isBeyond && untilMs !== undefined && (
        <text class="ahead-text" x="100%" y={height / 2 + 4} text-anchor="end" dx={-4}>
          {clockTime(untilMs)} ▸
        </text>
      )}
    </svg>
  );
}

/** Where a minute is, or how wide, as a share of the whole lane. */
function shareOf(pastMinutes: number): (minutes: number) => string {
  return (minutes) => `${((minutes / (pastMinutes + aheadMinutes)) * 100).toFixed(3)}%`;
}

function stateOf(letter: string | undefined): KeyUiState | undefined {
  return keyStates.find((state) => stateLetters[state] === letter);
}
