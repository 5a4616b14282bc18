import Big from 'big.js';
import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import { Weight } from '../../exports/fields.ts';
import type { PushRequest } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { SetMetafields, SetWeight } from './mutations.ts';
import { WEIGHT_UNITS } from './products.ts';
import { PackagingNow } from './queries.ts';
import { byId, knownIds, SkuLine, survey } from './variants.ts';
import {
  bodyOf,
  change,
  conclude,
  cursorOf,
  goOn,
  type Operation,
  type Refused,
  RefusedFact,
  told,
  type Work,
} from './work.ts';

const Packaging = z.object({
  lines: z.array(
    SkuLine.extend({
      after: z.object({ weight: Weight }),
      weight_g: z.string(),
      length_mm: z.string(),
      width_mm: z.string(),
      height_mm: z.string(),
    }),
  ),
});
type PackLine = z.infer<typeof Packaging>['lines'][number];

const SIDES = ['length', 'width', 'height'] as const;
type Side = (typeof SIDES)[number];

type Sides = Record<Side, { value: string; compareDigest: string } | null>;
type Held = Sides & {
  id: string;
  inventoryItem: { id: string; measurement: { weight: { value: number; unit: string } | null } };
};

/** Variants whose three sides fit into one call of 25 metafields. */
const PER_CALL = 8;
/** Grams in each unit of Shopify; the pound of 1959, exact. */
const GRAMS: Readonly<Record<string, string>> = {
  GRAMS: '1',
  KILOGRAMS: '1000',
  OUNCES: '28.349523125',
  POUNDS: '453.59237',
};
/** Shopify keeps weights as binary fractions. */
const TOLERANCE_G = '0.01';

/** A side in millimetres, as a metafield of the type `dimension` holds it. */
function dimension(millimetres: string): string {
  return JSON.stringify({ value: Number(millimetres), unit: 'mm' });
}

const Dimension = z.object({ value: z.coerce.number(), unit: z.string() });
const MILLIMETRES: Readonly<Record<string, number>> = {
  mm: 1,
  cm: 10,
  m: 1000,
  in: 25.4,
  ft: 304.8,
  yd: 914.4,
};

function millimetresOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  try {
    const read = Dimension.safeParse(JSON.parse(value));
    const factor = read.success ? MILLIMETRES[read.data.unit.toLowerCase()] : undefined;
    return read.success && factor !== undefined ? read.data.value * factor : null;
  } catch {
    return null;
  }
}

function weighs(held: Held, line: PackLine): boolean {
  const { weight } = held.inventoryItem.measurement;
  const factor = weight ? GRAMS[weight.unit] : undefined;
  if (!weight || factor === undefined) return false;
  return new Big(weight.value).times(factor).minus(line.weight_g).abs().lt(TOLERANCE_G);
}

function sidesDue(held: Held, line: PackLine): readonly Side[] {
  return SIDES.filter((side) => {
    const now = millimetresOf(held[side]?.value);
    return now === null || Math.abs(now - Number(line[`${side}_mm`])) > 0.01;
  });
}

async function packedNow(work: Work, request: PushRequest, lines: readonly PackLine[]) {
  const { metafields } = work.settings;
  const ids = knownIds(request);
  const where = Object.fromEntries(
    SIDES.flatMap((side) => {
      const dot = metafields[side].indexOf('.');
      return [
        [`${side}In`, metafields[side].slice(0, dot)],
        [`${side}Key`, metafields[side].slice(dot + 1)],
      ];
    }),
  );
  const variants = lines.flatMap((line) => ids.get(line.canonical_sku)?.variant ?? []);
  const held = await byId<Held>(variants, (some) =>
    work.client.ask(PackagingNow, { ids: [...some], ...where }),
  );
  return new Map(
    lines.flatMap((line) => {
      const now = held.get(ids.get(line.canonical_sku)?.variant ?? '');
      return now ? [[line.canonical_sku, now] as const] : [];
    }),
  );
}

function metafieldsOf(work: Work, held: Held, line: PackLine): readonly { [field: string]: Json }[] {
  return sidesDue(held, line).map((side) => {
    const name = work.settings.metafields[side];
    const dot = name.indexOf('.');
    return {
      ownerId: held.id,
      namespace: name.slice(0, dot),
      key: name.slice(dot + 1),
      type: 'dimension',
      value: dimension(line[`${side}_mm`]),
      // Somebody else's newer value is not written over; null: there is none yet.
      compareDigest: held[side]?.compareDigest ?? null,
    };
  });
}

async function writeChunk(work: Work, lines: readonly PackLine[], refused: Map<string, Refused>) {
  const { client, request } = work;
  const held = await packedNow(work, request, lines);
  const refuse = (line: PackLine, code: string, message: string) =>
    refused.set(line.canonical_sku, { sku: line.sku, code, message });
  const sides: { [field: string]: Json }[] = [];
  for (const line of lines) {
    const now = held.get(line.canonical_sku);
    if (!now) {
      refuse(line, 'sku_mapping_failed', 'The variant is gone meanwhile.');
      continue;
    }
    if (!weighs(now, line)) {
      const { value, unit } = line.after.weight;
      const weight = { value: Number(value), unit: WEIGHT_UNITS[unit] };
      const input = { measurement: { weight } };
      const changed = await change(client, SetWeight, { id: now.inventoryItem.id, input }, 'content');
      if (!changed.ok) refuse(line, changed.code, changed.message);
    }
    sides.push(...metafieldsOf(work, now, line));
  }
  if (sides.length === 0) return;
  const changed = await change(client, SetMetafields, { metafields: sides }, 'metafield');
  if (changed.ok) return;
  const touched = new Set(sides.map((each) => each['ownerId']));
  for (const line of lines)
    if (touched.has(held.get(line.canonical_sku)?.id ?? '')) refuse(line, changed.code, changed.message);
}

/** The weight goes to the inventory item, the three sides to metafields of the variant. */
export const packagingUpdate: Operation = {
  async push(work) {
    const { request } = work;
    const { lines } = bodyOf(Packaging, request);
    const { phase, at } = cursorOf(request);
    if (phase === 'read') {
      const surveyed = await survey(work, lines, { currency: null, keep: null });
      if (surveyed.kind === 'stop') return surveyed.outcome;
      const { ids } = surveyed.facts;
      const known = {
        ...request,
        facts: { ...request.facts, ids: { ...told(request, 'ids', z.json()), ...ids } },
      };
      const held = await packedNow(work, known, lines);
      const before = Object.fromEntries(
        [...held].map(([sku, now]) => [
          sku,
          {
            weight: now.inventoryItem.measurement.weight,
            ...Object.fromEntries(SIDES.map((side) => [side, now[side]?.value ?? null])),
          },
        ]),
      );
      return goOn({ phase: 'write', at: 0 }, { ids, before });
    }
    const refused = new Map<string, Refused>(
      Object.entries(told(request, 'refused', RefusedFact.extend({ sku: z.string() }))),
    );
    const parts = chunks(lines, PER_CALL);
    for (let place = at; place < parts.length; place += 1) {
      const facts = { refused: Object.fromEntries(refused) };
      if (place > at && !work.inTime()) return goOn({ phase: 'write', at: place }, facts);
      await writeChunk(work, parts[place] ?? [], refused);
    }
    return conclude([...refused.values()], lines.length, { kind: 'delivered', reference: null });
  },
  async reconcile(work) {
    if (cursorOf(work.request).phase === 'read') return { kind: 'absent' };
    const { lines } = bodyOf(Packaging, work.request);
    const held = await packedNow(work, work.request, lines);
    const stands = lines.every((line) => {
      const now = held.get(line.canonical_sku);
      return now !== undefined && weighs(now, line) && sidesDue(now, line).length === 0;
    });
    return stands ? { kind: 'delivered', reference: null } : { kind: 'absent' };
  },
};
