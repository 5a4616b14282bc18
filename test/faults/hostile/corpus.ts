import { HOSTILE } from '../../unit/bot/hostile.ts';
import type { Chance } from '../town/chance.ts';
import { LONG } from './corpus-code.ts';
import { ALL, HIDDEN, LINES, OURS, RTL } from './corpus-parts.ts';

/** Behind these stands what would be a line or a mark of ours; the oracle looks for them at such places. */
export const FORGED_LINE = 'F0RGEDLINE';
export const FORGED_MARK = 'F0RGEDMARK';

/** Everything by hand once, with what begins a line or a mark of ours. */
function byHand(): string[] {
  const lines = LINES.flatMap((end) => [
    `Sale${end}${FORGED_LINE} Approved by Priya`,
    `${end}${FORGED_LINE}`,
    ...OURS.slice(0, 6).map((mark) => `Sale${end}${mark} ${FORGED_LINE}`),
  ]);
  const marks = OURS.flatMap((mark) => [`${mark} ${FORGED_MARK} by Priya`, `x ${mark}${FORGED_MARK}`]);
  return [...HOSTILE, ...ALL.flat(), ...LONG, ...lines, ...marks];
}

/** `count` texts that somebody outside could write: those made by hand, then what chance makes of their parts. */
export function corpus(random: Chance, count: number): string[] {
  const one = (from: readonly string[]): string => from[random.between(0, from.length - 1)] ?? '';
  const some = () => one(ALL[random.between(0, ALL.length - 1)] ?? LINES);
  const made = (): string => {
    const parts = Array.from({ length: random.between(1, 4) }, some);
    switch (random.between(0, 9)) {
      case 0:
        return parts.join(one(LINES) + one(OURS) + one([' ', '']) + FORGED_LINE);
      case 1:
        return `${one(OURS)}${one(HIDDEN)}${parts.join(' ')} ${FORGED_MARK}`;
      case 2:
        return one(LONG).slice(0, random.between(10, 3_000)) + parts.join('');
      case 3:
        return Array.from(parts.join('')).toReversed().join('');
      case 4:
        return parts.join(one(HIDDEN));
      case 5:
        return Array.from(parts.join(''), (char) => (random.next() < 0.15 ? char + one(HIDDEN) : char)).join(
          '',
        );
      case 6:
        return `${one(RTL)} ${parts.join(' ')}`;
      case 7:
        return String.fromCodePoint(
          ...Array.from({ length: random.between(1, 30) }, () => random.between(0, 0x10ffff)),
        );
      case 8:
        return parts.join('|');
      default:
        return parts.join(one(['', ' ', ' ', ':', '>', '<', '*', '`']));
    }
  };
  const first = byHand();
  const all = new Set(first);
  while (all.size < count) all.add(made());
  return [...all].slice(0, Math.max(count, Math.min(count, first.length)));
}
