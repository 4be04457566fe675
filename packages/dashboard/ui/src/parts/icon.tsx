import type { VNode } from 'preact';

const shapes = {
  healthy: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5ZM5.2 8.2l2 2L11 6.2',
  suspect: 'M8 2.2 14.6 13.6H1.4ZM8 6.4v3.2M8 11.6v.1',
  recovering: 'M13.6 8.4A5.6 5.6 0 1 1 12 4.1M12.4 1.4v3h-3',
  cooling: 'M3.8 1.75h8.4M3.8 14.25h8.4M4.9 1.75v2.6L8 8l3.1-3.65v-2.6M4.9 14.25v-2.6L8 8l3.1 3.65v2.6',
  refused: 'M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4ZM5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6',
  off: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5ZM3.6 12.4l8.8-8.8',
  full: 'M2.2 11.8a6.25 6.25 0 1 1 11.6 0M8 10l2.8-4.2M2.2 11.8h2M11.8 11.8h2',
  next: 'M2.5 8h10.5M9 4l4 4-4 4',
  check: 'M3.2 8.4l3.2 3.2 6.4-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  dots: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8 12.5 8l-8 5.2Z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14',
  theme: 'M8 2a6 6 0 1 0 0 12ZM8 2a6 6 0 0 1 0 12',
  globe:
    'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5ZM1.9 8h12.2M8 1.75c-4.2 4.2-4.2 8.3 0 12.5c4.2-4.2 4.2-8.3 0-12.5',
  bell: 'M3 11.5h10l-1.2-1.8V7a3.8 3.8 0 0 0-7.6 0v2.7ZM6.6 13.6h2.8',
  list: 'M5.5 3.8h8M5.5 8h8M5.5 12.2h8M2.4 3.8h.1M2.4 8h.1M2.4 12.2h.1',
  lanes: 'M2 3h12M2 8h12M2 13h7',
  store: 'M2.5 4c0-3 11-3 11 0v8c0 3-11 3-11 0ZM2.5 4c0 3 11 3 11 0M2.5 8c0 3 11 3 11 0',
  plug: 'M2 14l3-3M5.2 6.2l4.6 4.6a3.25 3.25 0 0 1-4.6-4.6ZM14 2l-3 3M6.8 4.6l4.6 4.6M9 5.2 7.4 6.8M10.8 7 9.2 8.6',
  lock: 'M3.5 7h9v6.5h-9ZM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2',
  back: 'M13 8H3M7 4 3 8l4 4',
  out: 'M9.5 2.5h4v11h-4M10 8H2.5M5.5 5l-3 3 3 3',
  down: 'M4 6l4 4 4-4',
  mark: 'M5.2 2.2a3 3 0 1 0 0 6a3 3 0 0 0 0-6ZM7.4 7.2l6.2 6.2M11 10.8l1.9-1.9',
} as const;
export type IconName = keyof typeof shapes;

/** Without a label it is decoration, and a text beside it says the same. */
export function Icon({ name, label }: { readonly name: IconName; readonly label?: string }): VNode {
  const access =
    label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label };
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" {...access}>
      <path d={shapes[name]} />
    </svg>
  );
}
