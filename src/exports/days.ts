import { toIso } from '../clock.ts';
import { evenTimeAt } from './zones.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "3 Dec", as the calendar of that zone has it. */
export function dayOf(at: number, zone: string): string {
  const [, month = '', day = ''] = toIso(at + evenTimeAt(zone, at).offset)
    .slice(0, 10)
    .split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''}`;
}
