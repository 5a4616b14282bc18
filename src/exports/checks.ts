import Big from 'big.js';
import { fromIso } from '../clock.ts';
import { canonicalSku } from './identifiers.ts';
import type { Amount } from './money.ts';
import { count } from './phrases.ts';
import { error, type Problem, warning } from './problems.ts';
import { plain } from './text.ts';
import { DAY_MS } from './words.ts';

/** Business rules that several types share. All are pure and linear. */

/** Each item at most once, told apart by `keyOf`; by canonical SKU when nothing else is said. */
export function duplicates<T extends { sku: string }>(
  lines: readonly T[],
  path: string,
  keyOf: (line: T) => string = (line) => canonicalSku(line.sku),
): Problem[] {
  const seen = new Map<string, number>();
  return lines.flatMap((line, index) => {
    const key = keyOf(line);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    const other = lines[first]?.sku ?? line.sku;
    const spelling = other === line.sku ? '' : ` as ${other}`;
    return [
      error(
        'duplicate_sku',
        `${path}.${index}.sku`,
        `SKU ${line.sku} is already on line ${first + 1}${spelling}. Keep one of the two.`,
      ),
    ];
  });
}

export function tooMany(n: number, limit: number, path: string, one: string): Problem[] {
  if (n <= limit) return [];
  const message = `${count(n, one)} are more than the limit of ${count(limit, one)}. Send them in smaller parts.`;
  return [error('too_many', path, message)];
}

/**
 * A span of time that is to come. Absent ends are open. One that has begun is only a warning: it
 * takes effect when it is accepted.
 */
export function checkWindow(
  window: { start: string | null; end: string | null },
  paths: { start: string; end: string },
  limits: { now: number; max_days: number; what: string },
): Problem[] {
  const start = window.start === null ? limits.now : fromIso(window.start);
  const end = window.end === null ? null : fromIso(window.end);
  const { what } = limits;
  if (end !== null && end <= limits.now) {
    return [
      error(
        'window_past',
        paths.end,
        `The ${what} ended on ${plain([{ at: end }])}. Set an end in the future.`,
      ),
    ];
  }
  if (end !== null && end <= start) {
    return [
      error('window_reversed', paths.end, `The ${what} ends before it starts. Set the end after the start.`),
    ];
  }
  if (end !== null && end - start > limits.max_days * DAY_MS) {
    const days = Math.ceil((end - start) / DAY_MS);
    const message = `The ${what} runs ${count(days, 'day')}; the limit is ${count(limits.max_days, 'day')}. Set an earlier end.`;
    return [error('window_too_long', paths.end, message)];
  }
  if (window.start !== null && start < limits.now) {
    const message = `The ${what} started on ${plain([{ at: start }])}, so it takes effect as soon as it is accepted.`;
    return [warning('window_started', paths.start, message)];
  }
  return [];
}

/** Every price of an export is in one currency. A line without its own has the export's. */
export function checkCurrency(
  currency: string | null,
  expected: string,
  path: string,
  of: string,
): Problem[] {
  if (currency === null || currency === expected) return [];
  const message = `This is in ${currency}, but ${of} is in ${expected}. Send one currency per export.`;
  return [error('currency_mismatch', path, message)];
}

/** Exact, so that no rounding lets a price slip under a limit. False when there was no price before. */
export function fallsBeyond(before: Amount, after: Amount, percent: number): boolean {
  return new Big(before).times(new Big(100).minus(percent)).div(100).gt(after);
}

/** As `fallsBeyond`, upwards. */
export function risesBeyond(before: Amount, after: Amount, percent: number): boolean {
  return new Big(before).gt(0) && new Big(before).times(new Big(100).plus(percent)).div(100).lt(after);
}
