import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import { hashOf } from '../../exports/hash.ts';
import { HOUR_MS } from '../../exports/words.ts';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed, Stopped } from '../shared/ending.ts';
import type { Document } from './document.ts';
import { meaningOf, type UserError } from './errors.ts';
import { mapLocations } from './locations.ts';
import { MoveStock, SetStock } from './mutations.ts';
import { LevelsNow } from './queries.ts';
import { byId, knownIds, SkuLine, survey } from './variants.ts';
import {
  bodyOf,
  conclude,
  cursorOf,
  goOn,
  type Operation,
  type Refused,
  RefusedFact,
  refusalOf,
  told,
  type Work,
} from './work.ts';

const Stock = z.object({
  reason_code: z.string(),
  lines: z.array(
    SkuLine.extend({
      location: z.string(),
      previous: z.number().nullish(),
      delta: z.number().nullish(),
      quantity: z.number().nullish(),
    }),
  ),
});
type StockLine = z.infer<typeof Stock>['lines'][number];
type Placed = { line: StockLine; item: string; location: string };

/** Reasons that Shopify knows, by ours. */
const REASONS: Readonly<Record<string, string>> = {
  sale: 'other',
  receipt: 'received',
  return: 'restock',
  damage: 'damaged',
  loss: 'shrinkage',
  count: 'cycle_count_available',
  transfer: 'movement_received',
  correction: 'correction',
};

/** Quantities of one call. */
const MOST_QUANTITIES = 100;
/** How many keys are tried when Shopify says that an earlier attempt under a key failed over there. */
const MOST_GENERATIONS = 5;
/** Shopify remembers a key for a day; after that a repeat would move the stock a second time. */
const KEY_LIFE_MS = 23 * HOUR_MS;

const Begun = z.object({ begun_at: z.number() });

/** Levels as they stand, by line; null where the item is not kept at that location. */
async function levelsNow(work: Work, placed: readonly Placed[]): Promise<ReadonlyMap<Placed, number | null>> {
  const levels = new Map<Placed, number | null>();
  for (const location of new Set(placed.map((each) => each.location))) {
    const here = placed.filter((each) => each.location === location);
    const nodes = await byId<{
      id: string;
      inventoryLevel: { quantities: { quantity: number }[] } | null;
    }>(
      here.map((each) => each.item),
      (ids) => work.client.ask(LevelsNow, { ids: [...ids], location }),
    );
    for (const each of here)
      levels.set(each, nodes.get(each.item)?.inventoryLevel?.quantities[0]?.quantity ?? null);
  }
  return levels;
}

function refusedBefore(code: string, sentence: string, lines: readonly Refused[]): SinkOutcome {
  return failed(code, sentence, {
    lines: lines.map((line) => ({ ...line })),
    skus: [...new Set(lines.map(({ sku }) => sku))],
  });
}

/** Every line with its item and location, or why the push ends before anything is written. */
function place(
  lines: readonly StockLine[],
  locations: ReadonlyMap<string, string | null>,
  items: ReadonlyMap<string, { item: string }>,
): { ok: true; placed: readonly Placed[] } | { ok: false; outcome: SinkOutcome } {
  const nowhere = [...locations].flatMap(([name, id]) => (id === null ? [name] : []));
  if (nowhere.length > 0) {
    const message = `Shopify has no open location for ${nowhere.join(', ')}. Map it under locations of this sink.`;
    return { ok: false, outcome: failed('location_mapping_failed', message, { locations: nowhere }) };
  }
  return {
    ok: true,
    placed: lines.map((line) => ({
      line,
      item: items.get(line.canonical_sku)?.item ?? '',
      location: locations.get(line.location) ?? '',
    })),
  };
}

async function read(work: Work, lines: readonly StockLine[], relative: boolean): Promise<SinkOutcome> {
  const { client, settings } = work;
  const locations = await mapLocations(client, settings, [...new Set(lines.map((line) => line.location))]);
  // A wrong location is told before thousands of SKUs are looked up.
  const early = place([], locations, new Map());
  if (!early.ok) return early.outcome;
  const surveyed = await survey(work, lines, { currency: null, keep: null });
  if (surveyed.kind === 'stop') return surveyed.outcome;
  const where = place(lines, locations, surveyed.ids);
  if (!where.ok) return where.outcome;
  const levels = await levelsNow(work, where.placed);
  const absent = where.placed.filter((each) => levels.get(each) === null);
  if (absent.length > 0) {
    const code = 'location_mapping_failed';
    const told = absent.map(({ line: { sku, location } }) => ({
      sku,
      code,
      message: `It is not stocked at ${location}.`,
    }));
    return refusedBefore(
      code,
      `Shopify does not stock ${told[0]?.sku ?? ''} there. Stock it at the location first.`,
      told,
    );
  }
  const before: { [sku: string]: { [location: string]: Json } } = {};
  for (const each of where.placed) {
    const { canonical_sku, location } = each.line;
    before[canonical_sku] = { ...before[canonical_sku], [location]: levels.get(each) ?? 0 };
  }
  const facts = { ids: surveyed.facts.ids, before, begun_at: work.now() };
  if (!relative) {
    const stale = where.placed.filter((each) => isStale(each.line, levels.get(each) ?? 0));
    if (stale.length > 0 && settings.check_previous) {
      const code = 'inventory_mismatch';
      const lines = stale.map((each) => ({
        sku: each.line.sku,
        code,
        message: `There are ${String(levels.get(each) ?? 0)} at ${each.line.location}, not ${String(each.line.previous ?? 0)}.`,
      }));
      const first = lines[0];
      return refusedBefore(code, `SKU ${first?.sku ?? ''}: ${first?.message ?? ''}`, lines);
    }
    if (where.placed.every((each) => levels.get(each) === each.line.quantity))
      return { kind: 'delivered', reference: null, facts: { before } };
  }
  return goOn({ phase: 'write', at: 0 }, facts);
}

function isStale(line: StockLine, level: number): boolean {
  const { previous, quantity } = line;
  return previous !== null && previous !== undefined && level !== previous && level !== quantity;
}

/**
 * The same in every attempt at the same change, so that Shopify does it once; another for another
 * generation, which it asks for when an attempt failed on its side.
 */
function keyOf(request: PushRequest, input: Json, generation: number): string {
  return hashOf([request.key, request.export.hash, generation, input]);
}

type Moved = {
  userErrors: readonly UserError[];
  inventoryAdjustmentGroup?: { id: string } | null | undefined;
};

async function send(
  work: Work,
  document: Document<{ result: Moved }>,
  input: { [name: string]: Json },
): Promise<{ ok: true; group: string | null } | { ok: false; code: string; message: string }> {
  const { client, request } = work;
  for (let generation = 0; generation < MOST_GENERATIONS; generation += 1) {
    const { result } = await client.ask(document, { input, key: keyOf(request, input, generation) });
    if (meaningOf(result.userErrors) === 'new_key') continue;
    const refused = refusalOf(result.userErrors, 'inventory', client);
    if (refused) return { ok: false, ...refused };
    return { ok: true, group: result.inventoryAdjustmentGroup?.id ?? null };
  }
  throw new Stopped({ kind: 'retry', after_ms: null, cause: 'Shopify failed over the change of stock.' });
}

function inputOf(request: PushRequest, reason: string, entries: { [list: string]: Json }) {
  return {
    name: 'available',
    reason: REASONS[reason] ?? 'other',
    referenceDocumentUri: `gid://meshline/Export/${request.export.export_id}`,
    ...entries,
  };
}

async function write(
  work: Work,
  reason: string,
  lines: readonly StockLine[],
  relative: boolean,
): Promise<SinkOutcome> {
  const { request, client, settings } = work;
  const locations = await mapLocations(client, settings, [...new Set(lines.map((line) => line.location))]);
  const where = place(lines, locations, knownIds(request));
  if (!where.ok) return where.outcome;
  const parts = chunks(dueOf(work, where.placed, relative), MOST_QUANTITIES);
  const earlier = told(request, 'refused', RefusedFact.extend({ sku: z.string() }));
  const refused = new Map<string, Refused>(Object.entries(earlier));
  const { at } = cursorOf(request);
  let reference: string | null = null;
  for (let turn = at; turn < parts.length; turn += 1) {
    const facts = { refused: Object.fromEntries(refused) };
    if (turn > at && !work.inTime()) return goOn({ phase: 'write', at: turn }, facts);
    const due = parts[turn] ?? [];
    const sent = relative
      ? await send(work, MoveStock, inputOf(request, reason, { changes: due.map(moveOf) }))
      : await send(work, SetStock, inputOf(request, reason, { quantities: due.map(setOf(settings)) }));
    if (sent.ok) reference = sent.group;
    else
      for (const { line } of due) {
        const { code, message } = sent;
        refused.set(`${line.canonical_sku}@${line.location}`, { sku: line.sku, code, message });
      }
  }
  return conclude([...refused.values()], lines.length, { kind: 'delivered', reference });
}

/**
 * What is to be sent, told from what stood before rather than from what stands now: a repeat is the very
 * same call, which Shopify knows by its key, even where somebody bought one meanwhile.
 */
function dueOf(work: Work, placed: readonly Placed[], relative: boolean): readonly Placed[] {
  if (relative) return placed;
  const before = told(work.request, 'before', z.record(z.string(), z.number()));
  return placed.filter(({ line }) => before[line.canonical_sku]?.[line.location] !== line.quantity);
}

async function notAtTarget(work: Work, placed: readonly Placed[]): Promise<readonly Placed[]> {
  const levels = await levelsNow(work, placed);
  return placed.filter((each) => levels.get(each) !== each.line.quantity);
}

/** A movement holds whatever is there by now, so nothing is compared; its key keeps it from happening twice. */
function moveOf({ line, item, location }: Placed) {
  return {
    inventoryItemId: item,
    locationId: location,
    delta: line.delta ?? 0,
    changeFromQuantity: null,
  };
}

/** A count holds only for what was there when it was taken. */
function setOf({ check_previous }: Work['settings']) {
  return ({ line, item, location }: Placed) => ({
    inventoryItemId: item,
    locationId: location,
    quantity: line.quantity ?? 0,
    changeFromQuantity: check_previous ? (line.previous ?? null) : null,
  });
}

function stock(relative: boolean): Operation {
  return {
    async push(work) {
      const { reason_code, lines } = bodyOf(Stock, work.request);
      return cursorOf(work.request).phase === 'read'
        ? read(work, lines, relative)
        : write(work, reason_code, lines, relative);
    },
    async reconcile(work) {
      if (cursorOf(work.request).phase === 'read') return { kind: 'absent' };
      const begun = Begun.safeParse(work.request.facts);
      const remembered = begun.success && work.now() - begun.data.begun_at < KEY_LIFE_MS;
      if (relative) return remembered ? { kind: 'absent' } : { kind: 'unknown' };
      const { lines } = bodyOf(Stock, work.request);
      const { client, settings, request } = work;
      const names = [...new Set(lines.map((line) => line.location))];
      const where = place(lines, await mapLocations(client, settings, names), knownIds(request));
      if (!where.ok) return { kind: 'unknown' };
      const due = await notAtTarget(work, where.placed);
      if (due.length === 0) return { kind: 'delivered', reference: null };
      return remembered ? { kind: 'absent' } : { kind: 'unknown' };
    },
  };
}

export const inventorySet: Operation = stock(false);
export const inventoryAdjust: Operation = stock(true);
