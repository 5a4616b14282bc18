import { DAY_MS } from './words.ts';

/** A time in which the clocks of a zone run evenly: what they show is the instant plus `offset`, in ms. Ends before `to`. */
export type EvenTime = { to: number; offset: number };

/** What is found out about a zone at once and kept: about a year. */
const BLOCK_MS = 400 * DAY_MS;

/** Two changes of a zone's clocks were never closer than this. */
const PROBE_MS = DAY_MS;

type Zone = { format: Intl.DateTimeFormat; blocks: Map<number, readonly EvenTime[]> };

const zones = new Map<string, Zone>();

/**
 * The even time of an IANA zone that holds an instant (ms UTC). It may end before the clocks really
 * change, never after.
 * @throws RangeError when there is no such zone.
 */
export function evenTimeAt(name: string, at: number): EvenTime {
  const zone = zones.get(name) ?? addZone(name);
  const block = Math.floor(at / BLOCK_MS);
  const known = zone.blocks.get(block) ?? addBlock(zone, block);
  const found = known.find(({ to }) => at < to);
  if (!found) throw new RangeError(`There is no time at ${at} in ${name}.`);
  return found;
}

function addZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  const zone: Zone = { format, blocks: new Map() };
  zones.set(name, zone);
  return zone;
}

function addBlock(zone: Zone, block: number): readonly EvenTime[] {
  const end = (block + 1) * BLOCK_MS;
  const found: EvenTime[] = [];
  let from = block * BLOCK_MS;
  let offset = offsetAt(zone, from);
  while (from < end) {
    const probe = Math.min(from + PROBE_MS, end);
    const next = offsetAt(zone, probe);
    if (next !== offset) found.push({ to: changeBetween(zone, from, probe), offset });
    from = probe;
    offset = next;
  }
  if (found.at(-1)?.to !== end) found.push({ to: end, offset });
  zone.blocks.set(block, found);
  return found;
}

/** The first instant after `before` that has the offset of `after`. */
function changeBetween(zone: Zone, before: number, after: number): number {
  const offset = offsetAt(zone, after);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/** Such as "3/29/2026, GMT+02:00"; plain "GMT" is no offset. */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function offsetAt(zone: Zone, at: number): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(zone.format.format(at)) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}
