import type { VNode } from 'preact';

const patterns = [
  { id: 'hatch-cooling', look: 'pat-warn', angle: 45, gap: 5 },
  { id: 'hatch-ahead', look: 'pat-warn pat-light', angle: 45, gap: 5 },
  { id: 'hatch-info', look: 'pat-info', angle: 0, gap: 4 },
] as const;

/** The hatchings of lanes and swarms: a state is never shown by colour alone. */
export function Patterns(): VNode {
  return (
    <svg class="patterns" aria-hidden="true" width={0} height={0}>
      <defs>
        {patterns.map(({ id, look, angle, gap }) => (
          <pattern
            key={id}
            id={id}
            class={look}
            width={gap}
            height={gap}
            patternUnits="userSpaceOnUse"
            patternTransform={`rotate(${angle})`}
          >
            <rect class="pat-bg" width={gap} height={gap} />
            <rect class="pat-line" width={gap / 2.4} height={gap} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}
