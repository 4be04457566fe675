import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent, TargetedPointerEvent, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { SeriesView } from '../../../src/protocol/provider-document.ts';
import { pointAt, timesOf, type Point, type ValuesAt } from './series-points.ts';
import { timeTicks } from './time-ticks.ts';

/** A number beside a line across the chart. */
interface ValueTick {
  /** In percent of the height, from the top. */
  readonly at: number;
  readonly text: string;
}

interface ChartProps {
  readonly series: SeriesView;
  /** What the chart shows, in a sentence. */
  readonly label: string;
  readonly ticks: readonly ValueTick[];
  readonly valuesAt: ValuesAt;
  /** Paths in a box that is 1 wide for each point, and 100 high. */
  readonly children: ComponentChildren;
}

/**
 * A chart with a crosshair that follows the pointer and the arrow keys, and says what is there. The box is stretched to the size of its
 * element, so nothing has to be measured to draw it.
 */
export function Chart({ series, label, ticks, valuesAt, children }: ChartProps): VNode {
  const area = useRef<HTMLDivElement>(null);
  const cursor = useSignal<number | undefined>(undefined);
  const points = series.ok.length;
  const last = points - 1;
  // Another range may have fewer points.
  const at = cursor.value === undefined ? undefined : Math.min(cursor.value, last);
  const moveTo = (index: number | undefined) => {
    cursor.value = index === undefined ? undefined : Math.max(0, Math.min(last, index));
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const targets = { ArrowLeft: (at ?? points) - 1, ArrowRight: (at ?? last - 1) + 1, Home: 0, End: last };
    if (event.key === 'Escape') moveTo(undefined);
    else if (event.key in targets) {
      event.preventDefault();
      moveTo(targets[event.key as keyof typeof targets]);
    }
  };
  const follow = (event: TargetedPointerEvent<HTMLElement>) => {
    const box = area.current?.getBoundingClientRect();
    if (box) moveTo(Math.floor(((event.clientX - box.left) / box.width) * points));
  };
  const point = pointAt(series, at ?? last, valuesAt);
  return (
    <div
      class="plot"
      // A slider reads out each value that it comes to; nothing has to be announced besides.
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at ?? last}
      aria-valuetext={textOf(point)}
      onKeyDown={onKeyDown}
      onBlur={() => moveTo(undefined)}
      onPointerDown={(event) => {
        // A finger that drags gives no focus by itself.
        event.currentTarget.focus({ preventScroll: true });
        follow(event);
      }}
      onPointerMove={follow}
      // What a finger has found stays when it is lifted, until another place is touched.
      onPointerLeave={(event) => event.pointerType !== 'touch' && moveTo(undefined)}
      // The finger scrolls the page.
      onPointerCancel={() => moveTo(undefined)}
    >
      <div class="plot-area" ref={area}>
        <svg viewBox={`0 0 ${points} 100`} preserveAspectRatio="none" aria-hidden="true">
          <rect class="unknown" width={series.firstIndex} height={100} />
          {ticks.map(({ at: y }) => (
            <path key={y} class="gridline" d={`M0 ${y}h${points}`} />
          ))}
          {children}
          {at !== undefined && <path class="cross" d={`M${at + 0.5} 0v100`} />}
        </svg>
        {ticks.map(({ at: y, text }) => (
          <span key={y} class="y-tick num" style={{ top: `${y}%` }}>
            {text}
          </span>
        ))}
        {timeTicks(timesOf(series)).map(({ index, text }) => (
          <span key={index} class="x-tick num" style={{ left: middleOf(index, points) }}>
            {text}
          </span>
        ))}
        {at !== undefined && <Readout point={point} index={at} points={points} />}
      </div>
    </div>
  );
}

function textOf({ time, values }: Point): string {
  return `${time}: ${values.map(({ name, value }) => `${value} ${name}`).join(', ') || '–'}`;
}

interface ReadoutProps {
  readonly point: Point;
  readonly index: number;
  readonly points: number;
}

/** The values beside the crosshair, on the side with more room. */
function Readout({ point: { time, values }, index, points }: ReadoutProps): VNode {
  const isRight = index < points / 2;
  const side = isRight ? { left: middleOf(index, points) } : { right: middleOf(points - 1 - index, points) };
  return (
    <div class="tip num" style={side}>
      <b>{time}</b>
      {values.length === 0 && <span>–</span>}
      {values.map(({ name, value }) => (
        <span key={name}>
          <b>{value}</b> {name}
        </span>
      ))}
    </div>
  );
}

/** The middle of a point, in percent of the width. */
function middleOf(index: number, points: number): string {
  return `${((index + 0.5) / points) * 100}%`;
}
