import { readFileSync } from 'node:fs';
import { shiftInstants } from '../../src/cli/shift.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { T0 } from './manual-clock.ts';

/** A raw export as a sender writes it. */
export type RawExport = { [key: string]: Json; payload: { [key: string]: Json } };

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
