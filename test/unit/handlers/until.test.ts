import { expect, it } from 'vitest';
import { untilOf } from '../../../src/handlers/until.ts';

const at = (iso: string) => Date.parse(iso);
const NOW = at('2026-03-28T15:00:00Z');

it.each([
  ['18:00', 'Europe/Berlin', '2026-03-28T17:00:00Z'],
  // Already past today, and the clocks change in the night.
  ['9:30', 'Europe/Berlin', '2026-03-29T07:30:00Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-30T22:00:00Z'],
  ['2026-03-30 08:00', 'America/New_York', '2026-03-30T12:00:00Z'],
  ['23:59', 'Asia/Kathmandu', '2026-03-28T18:14:00Z'],
])('reads "%s" in %s', (text, zone, iso) => {
  expect(untilOf(text, zone, NOW)).toBe(at(iso));
});

it.each(['', 'tomorrow', '25:00', '2026-02-30', '2026-03-28 10:00', '2026-03-01', '2027-03-28', '18'])(
  'refuses "%s"',
  (text) => {
    expect(untilOf(text, 'Europe/Berlin', NOW)).toBeNull();
  },
);
