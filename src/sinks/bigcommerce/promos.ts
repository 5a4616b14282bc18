import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, PromoBody } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';
import { findPrices, lookAtPrices, type PriceWork, setPrices, shelfFor } from './prices.ts';
import { before, ended, partial } from './refused.ts';

type Status = 'ENABLED' | 'DISABLED';

const Promotion = z.object({
  data: z.object({ id: z.int(), status: z.string(), end_date: z.string().nullish() }),
});
type Promotion = z.infer<typeof Promotion>['data'];

/** What a promo means to this shop: promotions to switch, and prices to set where it has none. */
type Plan = { status: Status; ids: string[]; prices: PriceWork | null };

function planOf(shop: Shop, request: PushRequest): Plan {
  const body = bodyOf(request, PromoBody);
  const { channel } = shop.settings;
  const starts = request.operation === 'promo.activate';
  const ids = body.discounts.filter((each) => each.channel === channel).map((each) => each.discount_id);
  const prices = body.set_prices_on.includes(channel)
    ? {
        lines: body.lines.map(({ previous, ...line }) => ({ ...line, previous: previous.price })),
        shelf: shelfFor(shop, body.currency, null),
        currency: body.currency,
        drift: starts ? 'price_conflict' : 'rollback_drifted',
      }
    : null;
  const odd = ids.find((id) => !/^[1-9]\d{0,14}$/u.test(id));
  if (odd !== undefined) {
    const message = `Discount "${odd}" is no promotion id of BigCommerce, which are numbers.`;
    throw new Stopped(failed('contract_mapping_error', message));
  }
  return { status: starts ? 'ENABLED' : 'DISABLED', ids, prices };
}

async function promotionOf(shop: Shop, id: string): Promise<Promotion> {
  const found = await shop.find(`/v3/promotions/${id}`, {}, Promotion);
  if (found) return found.data;
  const message = `BigCommerce has no promotion ${id}. Correct the discount of this promo, then send it again.`;
  throw new Stopped(failed('contract_mapping_error', message));
}

/** A promotion that could not be switched on to any effect, as a sentence. */
function hindrance(shop: Shop, { id, status, end_date }: Promotion): string | null {
  if (status === 'INVALID') return `BigCommerce holds promotion ${id} to be invalid. Repair it at the shop.`;
  if (typeof end_date === 'string' && fromIso(end_date) <= shop.clock.now())
    return `Promotion ${id} ended on ${end_date.slice(0, 10)} at BigCommerce. Give it a later end at the shop.`;
  return null;
}

/**
 * Reads only: which promotions were on and what each line cost are told before anything is switched,
 * so that a rollback knows them even when a later answer is lost.
 */
async function begin(shop: Shop, request: PushRequest, plan: Plan): Promise<SinkOutcome> {
  const statuses: Record<string, string> = {};
  for (const id of plan.ids) {
    const promotion = await promotionOf(shop, id);
    const problem = plan.status === 'ENABLED' ? hindrance(shop, promotion) : null;
    if (problem !== null) return failed('promo_conflict', problem);
    statuses[id] = promotion.status;
  }
  let held: Facts = {};
  if (plan.prices) {
    const look = await lookAtPrices(shop, request, plan.prices);
    if (look.drift.length > 0) return ended(0, look.drift);
    held = look.held;
  }
  const known = request.facts['promotions'] ?? statuses;
  return partial({ at: 0, refused: [] }, { ...before(request, held), promotions: known });
}

async function switchAll(shop: Shop, plan: Plan): Promise<SinkOutcome | null> {
  for (const id of plan.ids) {
    const { status } = await promotionOf(shop, id);
    if (status === plan.status) continue;
    const body = { status: plan.status };
    const written = await shop.write('PUT', `/v3/promotions/${id}`, body, Promotion);
    if (!written.ok) return failedBy(written.refusal);
  }
  return null;
}

/** Switches this shop's promotions and sets its shelf prices: prices before a promotion begins, and after it ends. */
export async function runPromo(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const plan = planOf(shop, request);
  const { prices } = plan;
  if (plan.ids.length === 0 && !prices) {
    // Routed here along with other shops; nothing of it is for this one.
    return { kind: 'delivered', reference: null, facts: { promotions: {} } };
  }
  if (request.cursor === null) return begin(shop, request, plan);
  const reference = plan.ids[0] ?? null;
  if (plan.status === 'DISABLED') {
    const refused = await switchAll(shop, plan);
    if (refused) return refused;
  }
  if (prices) {
    const outcome = await setPrices(shop, request, prices);
    if (outcome.kind !== 'delivered') return outcome;
  }
  if (plan.status === 'ENABLED') {
    const refused = await switchAll(shop, plan);
    if (refused) return refused;
  }
  return { kind: 'delivered', reference };
}

/** Whether promotions and prices all stand as asked; pushing again does only the rest. */
export async function findPromo(shop: Shop, request: PushRequest): Promise<Found> {
  // Until there is a cursor, nothing has been switched.
  if (request.cursor === null) return { kind: 'absent' };
  const plan = planOf(shop, request);
  for (const id of plan.ids)
    if ((await promotionOf(shop, id)).status !== plan.status) return { kind: 'absent' };
  if (plan.prices) {
    const prices = await findPrices(shop, request, plan.prices);
    if (prices.kind !== 'delivered') return prices;
  }
  return { kind: 'delivered', reference: plan.ids[0] ?? null };
}
