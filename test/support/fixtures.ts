import { readFileSync } from 'node:fs';
import { fromIso, toIso } from '../../src/clock.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { DAY_MS } from '../../src/exports/words.ts';
import { T0 } from './manual-clock.ts';

/** A raw export as a sender writes it. */
export type RawExport = { [key: string]: Json; payload: { [key: string]: Json } };

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Every ISO instant moved by `to - from` ms, and every calendar day by the whole days in it, so
 * that fixtures never grow old. All other values stay.
 */
export function shiftInstants(value: Json, from: number, to: number): Json {
  if (typeof value === 'string') {
    if (INSTANT.test(value)) return to === from ? value : toIso(fromIso(value) + to - from);
    if (DAY.test(value)) {
      const days = Math.floor(to / DAY_MS) - Math.floor(from / DAY_MS);
      return toIso(fromIso(`${value}T00:00:00Z`) + days * DAY_MS).slice(0, 10);
    }
    return value;
  }
  if (Array.isArray(value)) return value.map((each) => shiftInstants(each, from, to));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, shiftInstants(each, from, to)]),
    );
  }
  return value;
}

/**
 * The valid export of one type as it stands in `test/fixtures/exports`, as if `now` (ms) were the
 * fixtures' own T0. `edit` may change or break it in place.
 */
export function fixture(
  type: string,
  { now = T0, edit }: { now?: number; edit?: (raw: RawExport) => void } = {},
): RawExport {
  const file = new URL(`../fixtures/exports/${type.replaceAll('_', '-')}.json`, import.meta.url);
  const raw = shiftInstants(JSON.parse(readFileSync(file, 'utf8')), T0, now) as RawExport;
  edit?.(raw);
  return raw;
}

function isHolder(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

/** Sets what stands at a path such as `payload.lines.0.sku`; `undefined` takes it out. */
export function put(raw: RawExport, path: string, value: Json | undefined): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let holder: { [key: string]: Json } = raw;
  for (const step of steps) {
    const next = holder[step];
    if (!isHolder(next)) throw new Error(`The fixture has nothing at ${step} of ${path}.`);
    holder = next;
  }
  if (value === undefined) delete holder[last];
  else holder[last] = structuredClone(value);
}
