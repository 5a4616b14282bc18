import Big from 'big.js';
import { fromIso, toIso } from '../../clock.ts';
import type { Json } from '../envelope.ts';
import { canonicalSku } from '../identifiers.ts';
import { changesShelfPrice, promised } from '../offer.ts';
import { spoken } from '../phrases.ts';
import type { Export } from '../state.ts';
import type { Brief, BriefProduct } from './brief.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignEvent, RecordedCampaignEvent } from './events.ts';

/** What is known of an item now, by canonical SKU; amounts are decimal strings. */
export type Present = Readonly<
  Record<string, { price?: string; compare_at?: string | null; stock?: number }>
>;

export type Raw = { [key: string]: Json };

/** The price of an item from before: what the shop says now, else what the brief says. */
function priceOf(
  product: BriefProduct,
  present: Present,
): { price: string; compare_at: string | null } | null {
  const now = present[canonicalSku(product.sku)];
  if (now?.price !== undefined) return { price: now.price, compare_at: now.compare_at ?? null };
  return product.price === null ? null : { price: product.price, compare_at: product.compare_at };
}

/** SKUs whose present price nobody knows: without it nothing could be put back. */
export function unpriced(brief: Brief, present: Present): readonly string[] {
  return brief.products.filter((each) => priceOf(each, present) === null).map((each) => each.sku);
}

function lineOf(product: BriefProduct, brief: Brief, present: Present): Raw[] {
  const before = priceOf(product, present);
  if (before === null) return [];
  const { offer } = brief;
  const shelf = changesShelfPrice(offer);
  const fair = shelf ? promised(offer, before.price) : null;
  const price =
    product.promo_price ?? (fair === null ? before.price : fair.round(2, Big.roundHalfUp).toFixed(2));
  const stock = present[canonicalSku(product.sku)]?.stock;
  return [
    {
      sku: product.sku,
      title: product.title,
      before,
      after: { price, compare_at: shelf ? before.price : before.compare_at },
      rollback: before,
      landing_url: null,
      expected_stock: stock === undefined ? null : Math.max(0, stock),
    },
  ];
}

/** The campaign as if its brief named these canonical SKUs alone, once others were taken out of its promo. */
export function narrowed(campaign: Campaign, skus: ReadonlySet<string>): Campaign {
  const products = campaign.brief.products.filter((product) => skus.has(canonicalSku(product.sku)));
  return { ...campaign, brief: { ...campaign.brief, products } };
}

function envelope(campaign: Campaign, key: string, now: number) {
  const requested = campaign.requested_by;
  return {
    owner_id: campaign.owner,
    owner_role: 'marketing_ops',
    campaign_id: campaign.id,
    source: {
      system: 'Meshline',
      reference: `${campaign.id} v${campaign.brief_version}`,
      ...(requested === null ? {} : { requested_by: requested }),
    },
    idempotency_key: key,
    occurred_at: toIso(now),
  };
}

/** The promo activation of a campaign's present round, with the values that a rollback puts back. `asOf` is when they were read. */
export function activationOf(
  campaign: Campaign,
  present: Present,
  key: string,
  now: number,
  asOf: number,
): Raw {
  const { brief } = campaign;
  return {
    export_type: 'promo_activation',
    intent: 'promo_schedule',
    ...envelope(campaign, key, now),
    refresh: { price: { as_of: toIso(asOf) }, stock: { as_of: toIso(asOf) } },
    payload: {
      action: 'start',
      campaign_name: brief.name,
      window: brief.window,
      offer: brief.offer,
      currency: brief.currency,
      channels: brief.channels,
      lines: brief.products.flatMap((product) => lineOf(product, brief, present)),
      landing_urls: brief.landing_urls,
      discounts: brief.discounts,
      brief: {
        version: campaign.brief_version,
        keywords: brief.keywords,
        creative_ids: brief.creative_ids,
      },
    },
  };
}

/** Puts back what an activation set; `reverse` is what the activation's own type says to do. */
export function endOf(
  campaign: Campaign,
  activation: Export,
  reverse: { export_type: string; intent: string; payload: Raw },
  by: string | null,
  key: string,
  now: number,
): Raw {
  // Newer than what it takes back, whatever the clock says: what of that is still unsent gives way.
  const at = Math.max(now, activation.occurred_at + 1);
  const { source, ...rest } = envelope({ ...campaign, requested_by: by }, key, at);
  return {
    ...rest,
    export_type: reverse.export_type,
    intent: reverse.intent,
    source: { ...source, reverses: activation.id },
    payload: reverse.payload,
  };
}

const LONGEST_TRAIL = 50;

/** On its way from one state to the next, where nobody had to do anything. */
function isPassing({ status, detail }: Extract<CampaignEvent, { type: 'export_moved' }>): boolean {
  return status === 'accepted' || status === 'delivering' || (status === 'pending' && detail === null);
}

/** What led to a live publish, one line an event that people care about, oldest first. */
function trailOf(campaign: Campaign, events: readonly RecordedCampaignEvent[]): Raw[] {
  const lines = events.flatMap(({ event }): Raw[] => {
    if (event.type !== 'export_moved') return [];
    const entry = campaign.exports.find((each) => each.export_id === event.export_id);
    if (!entry || entry.round !== campaign.round || isPassing(event)) return [];
    const why = event.detail === null ? '' : `: ${event.detail}`;
    const code = event.code === null ? '' : ` (${spoken(event.code)})`;
    const what = event.status === 'pending' ? 'resolved' : spoken(event.status);
    const summary = `${spoken(event.export_type)} ${what}${code}${why}`.slice(0, 300);
    return [{ export_id: event.export_id, summary: summary.toWellFormed() }];
  });
  return lines.slice(-LONGEST_TRAIL);
}

function slug(sku: string): string {
  const plain = sku
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'item' : plain.slice(0, 120);
}

/** Products of the brief by the page they are sold on; a SKU without one is its own. */
function productsOf(brief: Brief): Raw[] {
  const pages = new Map<string, { title: string | null; skus: string[] }>();
  for (const { handle, sku, title } of brief.products) {
    const page = handle ?? slug(sku);
    const known = pages.get(page);
    if (known) known.skus.push(sku);
    else pages.set(page, { title, skus: [sku] });
  }
  return [...pages].map(([handle, { title, skus }]) => ({ handle, title, skus }));
}

/**
 * The live publish after a promo that was short: the same campaign, with everything that happened to
 * it. `readAt` is when its values were last read (ms), null when no system could be asked again.
 */
export function publishOf(
  campaign: Campaign,
  activation: Export,
  events: readonly RecordedCampaignEvent[],
  key: string,
  now: number,
  readAt: number | null,
): Raw {
  const { brief } = campaign;
  const reference = activation.pushes.find((push) => push.status === 'delivered')?.detail ?? activation.id;
  const { price, stock } = activation.refresh;
  return {
    export_type: 'live_publish',
    intent: 'publish_live',
    ...envelope(campaign, key, now),
    refresh: {
      ...(price ? { price: { as_of: toIso(readAt ?? price.as_of) } } : {}),
      ...(stock ? { stock: { as_of: toIso(readAt ?? stock.as_of) } } : {}),
      // It changes no words, so there are none that could be old.
      description: { as_of: toIso(now) },
    },
    payload: {
      preview: { reference, export_id: activation.id },
      products: productsOf(brief),
      channels: brief.channels,
      publish_at: now < fromIso(brief.window.start) ? brief.window.start : null,
      changes: changesOf(activation),
      trail: trailOf(campaign, events),
    },
  };
}

/** The prices that the activation has set, as the live publish shows them. */
function changesOf({ revision }: Export): Raw[] {
  const lines = revision?.payload['lines'];
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line): Raw[] => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) return [];
    const { sku, before, after } = line;
    const amount = (value: Json | undefined) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? value['price'] : undefined;
    const [old, fresh] = [amount(before), amount(after)];
    if (typeof sku !== 'string' || typeof old !== 'string' || typeof fresh !== 'string') return [];
    return old === fresh ? [] : [{ sku, field: 'price', before: old, after: fresh }];
  });
}
