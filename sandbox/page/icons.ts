import type { VNode } from 'preact';
import { html } from './html.ts';

/** Line icons on a 20 × 20 grid, one path each. */
const PATHS = {
  close: 'M5 5l10 10M15 5L5 15',
  caret: 'M5.5 8l4.5 4.5L14.5 8',
  right: 'M8 5.5l4.5 4.5L8 14.5',
  hash: 'M7.5 3.5l-1.5 13M14 3.5l-1.5 13M3.5 7.5h13.5M3 12.5h13.5',
  lock: 'M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 015 0V9',
  bolt: 'M11 2.5L4.5 11.5H9.5L8.5 17.5 15.5 8.5H10.5z',
  send: 'M3.5 3.8l13.5 6.2-13.5 6.2 1.6-6.2zM5.1 10h6',
  thread: 'M4 4.5h12v8.5H9.5L6 16v-3H4zM7 7.7h6M7 10h4',
  more: 'M10 4.600a.5.5 0 100 1 .5.5 0 000-1zM10 9.500a.5.5 0 100 1 .5.5 0 000-1zM10 14.400a.5.5 0 100 1 .5.5 0 000-1z',
  menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  people:
    'M7.5 9.5a2.7 2.7 0 100-5.4 2.7 2.7 0 000 5.4zM2.7 16c.3-2.8 2.2-4.3 4.8-4.3s4.5 1.500 4.800 4.300M13 9.300a2.200 2.200 0 100-4.400M14 11.800c1.900.3 3.100 1.700 3.300 4.200',
  home: 'M3.5 9.500L10 3.500l6.500 6V16.500h-4.500v-4h-4v4H3.500z',
  apps: 'M3.500 3.500h5v5h-5zM11.500 3.500h5v5h-5zM3.500 11.500h5v5h-5zM11.500 11.500h5v5h-5z',
  sink: 'M3.500 11.500V16.500h13V11.500h-4l-1 2h-3l-1-2zM10 2.500v7M7 7l3 3 3-3',
  down: 'M10 4v11M5.500 10.500L10 15l4.500-4.500',
  warn: 'M10 3.200L17.500 16.500H2.500zM10 8v4M10 14.300h.01',
  eye: 'M2 10c2-3.500 4.700-5.200 8-5.200S16 6.500 18 10c-2 3.500-4.700 5.200-8 5.200S4 13.500 2 10zM10 12.300a2.300 2.300 0 100-4.600 2.300 2.300 0 000 4.600z',
  arrow: 'M4 10h11.500M11 5.500L15.500 10 11 14.500',
  search: 'M8.700 14.200a5.500 5.500 0 100-11 5.500 5.500 0 000 11zM12.800 12.800L17 17',
  check: 'M4 10.500l4 4 8-9',
  compass: 'M10 17.500a7.500 7.500 0 100-15 7.500 7.500 0 000 15zM13 7l-1.700 4.300L7 13l1.700-4.300z',
  file: 'M5 2.500h6.500L15.500 6.500V17.500H5zM11.500 2.500V6.500H15.500',
  reply: 'M8 5L3.500 9.500 8 14M3.500 9.500H11c3.500 0 5.500 2 5.500 5.500',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { name: IconName; size?: number }): VNode {
  const size = props.size ?? 18;
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">
    <path d=${PATHS[props.name]} />
  </svg>`;
}
