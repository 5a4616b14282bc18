import { type Campaign, isOut, issued } from '../../exports/campaigns/campaign.ts';
import type { Present } from '../../exports/campaigns/issue.ts';
import type { Json } from '../../exports/envelope.ts';
import { canonicalSku } from '../../exports/identifiers.ts';
import { compareAmounts } from '../../exports/money.ts';
import { touchedPayload } from '../../exports/reversal.ts';
import type { Export } from '../../exports/state.ts';
import type { Flow } from '../settings.ts';

/** One item as an activation sent it last: canonical SKU, what it set, what it puts back. */
export type Sent = { sku: string; set: string; former: string; former_compare_at: string | null };

/** An activation with the lines that it has sent, over all its revisions; as it is while it has sent none. */
export async function asSent(flow: Flow, activation: Export): Promise<Export> {
  const payload = touchedPayload(activation.id, await flow.ledger.events(activation.id));
  const { revision } = activation;
  return revision && payload ? { ...activation, revision: { ...revision, payload } } : activation;
}

export function sentLines({ revision }: Export): Sent[] {
  const lines = revision?.payload['lines'];
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line): Sent[] => {
    if (!isMap(line) || typeof line['sku'] !== 'string') return [];
    const [set, former] = [fieldOf(line['after'], 'price'), fieldOf(line['rollback'], 'price')];
    if (set === null || former === null) return [];
    const sku = canonicalSku(line['sku']);
    return [{ sku, set, former, former_compare_at: fieldOf(line['rollback'], 'compare_at') }];
  });
}

/**
 * What stands at the shops, with the former price of whatever stands at the promo's own: while a promo is
 * out, wholly or in part, its own price must never be taken for the one from before it.
 */
export async function formerly(flow: Flow, campaign: Campaign, present: Present): Promise<Present> {
  const entry = issued(campaign, 'activate');
  const activation = entry && isOut(campaign) ? await flow.ledger.get(entry.export_id) : null;
  if (!activation) return present;
  const before = { ...present };
  for (const { sku, set, former, former_compare_at } of sentLines(await asSent(flow, activation))) {
    const now = present[sku];
    if (now?.price === undefined || compareAmounts(now.price, set) !== 0) continue;
    before[sku] = { ...now, price: former, compare_at: former_compare_at };
  }
  return before;
}

function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(value: Json | undefined, field: 'price' | 'compare_at'): string | null {
  const amount = isMap(value) ? value[field] : null;
  return typeof amount === 'string' ? amount : null;
}
