import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed } from '../shared/ending.ts';
import type { Client } from './client.ts';
import { type VariantNode, VariantsBySku } from './queries.ts';
import { gid } from './settings.ts';
import { cursorOf, goOn, told, type Work } from './work.ts';

export const SkuLine = z.object({ sku: z.string(), canonical_sku: z.string() });
export type SkuLine = z.infer<typeof SkuLine>;

/** Ids of a variant, its product and its inventory item, as numbers: short, since the ledger keeps them. */
const Ids = z.tuple([z.string(), z.string(), z.string()]);

export type VariantIds = { variant: string; product: string; item: string };

/** SKUs of one query; a longer search text is refused. */
const BATCH = 25;
/** Pages of 100 for one batch: a search that finds more is no search for these SKUs. */
const MOST_PAGES = 10;

/** The name of a line's item in Shopify. */
export function nameOf(line: SkuLine, aliases: PushRequest['aliases']): string {
  return Object.hasOwn(aliases, line.canonical_sku) ? (aliases[line.canonical_sku] ?? line.sku) : line.sku;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
}

/** Variants of exactly these names. The search ignores case and finds more, so each is compared. */
export async function findVariants(
  client: Client,
  names: readonly string[],
): Promise<{ found: ReadonlyMap<string, readonly VariantNode[]>; currency: string }> {
  const found = new Map<string, VariantNode[]>(names.map((name) => [name, []]));
  const query = [...found.keys()].map((name) => `sku:${quoted(name)}`).join(' OR ');
  let after: string | null = null;
  let currency = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: z.infer<(typeof VariantsBySku)['answer']> = await client.ask(VariantsBySku, {
      query,
      after,
    });
    currency = answer.shop.currencyCode;
    const { nodes, pageInfo } = answer.productVariants;
    for (const node of nodes) if (node.sku !== null) found.get(node.sku)?.push(node);
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return { found, currency };
}

function numberOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** What earlier attempts found, by canonical SKU. */
export function knownIds(request: PushRequest): ReadonlyMap<string, VariantIds> {
  return new Map(
    Object.entries(told(request, 'ids', Ids)).map(([sku, [variant, product, item]]) => [
      sku,
      {
        variant: gid('ProductVariant', variant),
        product: gid('Product', product),
        item: gid('InventoryItem', item),
      },
    ]),
  );
}

export type Surveyed =
  | { kind: 'stop'; outcome: SinkOutcome }
  | {
      kind: 'ready';
      ids: ReadonlyMap<string, VariantIds>;
      /** News of this attempt for the facts: `ids`, and `before` as `keep` made it. */
      facts: { ids: { [sku: string]: Json }; before: { [sku: string]: Json } };
      before: Readonly<Record<string, Json>>;
    };

function unmapped(missing: Readonly<Record<string, string>>): SinkOutcome {
  const skus = Object.keys(missing);
  const named = skus.slice(0, 5).join(', ');
  const message = `Shopify has not exactly one variant for ${named}${skus.length > 5 ? ` and ${String(skus.length - 5)} others` : ''}.`;
  const lines = skus.map((sku) => ({
    sku,
    code: 'sku_mapping_failed',
    message:
      missing[sku] === 'several' ? 'Several variants have this SKU.' : 'No variant has exactly this SKU.',
  }));
  return failed('sku_mapping_failed', message, { skus, lines });
}

/**
 * Finds the variant of every line before anything is written, going on where an earlier attempt stopped.
 * `currency`, when given, must be that of the shop.
 */
export async function survey(
  work: Work,
  lines: readonly SkuLine[],
  options: { currency: string | null; keep: ((node: VariantNode, currency: string) => Json) | null },
): Promise<Surveyed> {
  const { request, client } = work;
  const ids: { [sku: string]: Json } = {};
  const before: { [sku: string]: Json } = {};
  const missing: Record<string, string> = told(request, 'missing', z.string());
  // A SKU may stand at several locations, or come back for several reasons.
  const distinct = [...new Map(lines.map((line) => [line.canonical_sku, line])).values()];
  const { at } = cursorOf(request);
  for (let place = at; place < distinct.length; place += BATCH) {
    if (place > at && !work.inTime())
      return { kind: 'stop', outcome: goOn({ phase: 'read', at: place }, { ids, before, missing }) };
    const batch = distinct.slice(place, place + BATCH);
    const { found, currency } = await findVariants(
      client,
      batch.map((line) => nameOf(line, request.aliases)),
    );
    if (options.currency !== null && currency !== options.currency) {
      const message = `The export is in ${options.currency}, and the shop sells in ${currency}.`;
      return { kind: 'stop', outcome: failed('currency_invalid', message) };
    }
    for (const line of batch) {
      const [node, second] = found.get(nameOf(line, request.aliases)) ?? [];
      if (node === undefined || second !== undefined) {
        missing[line.sku] = node === undefined ? 'none' : 'several';
        continue;
      }
      ids[line.canonical_sku] = [
        numberOf(node.id),
        numberOf(node.product.id),
        numberOf(node.inventoryItem.id),
      ];
      if (options.keep) before[line.canonical_sku] = options.keep(node, currency);
    }
  }
  if (Object.keys(missing).length > 0) return { kind: 'stop', outcome: unmapped(missing) };
  const facts = { ids, before };
  const all = { ...request, facts: { ...request.facts, ids: { ...told(request, 'ids', Ids), ...ids } } };
  return {
    kind: 'ready',
    ids: knownIds(all),
    facts,
    before: { ...before, ...told(request, 'before', z.json()) },
  };
}

/** Nodes of these ids that are of the type asked for, by id. */
export async function byId<Node extends { id: string }>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<{ nodes: readonly (Node | object | null)[] }>,
): Promise<ReadonlyMap<string, Node>> {
  const known = new Map<string, Node>();
  for (const chunk of chunks([...new Set(ids)], 100)) {
    const { nodes } = await ask(chunk);
    for (const node of nodes) if (node !== null && 'id' in node) known.set(node.id, node);
  }
  return known;
}
