import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import type { SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import { SetSchedule, StartAutomatic, StartCode, StopAutomatic, StopCode } from './mutations.ts';
import { DiscountNow } from './queries.ts';
import { gid } from './settings.ts';
import { change, type Refused, type Work } from './work.ts';

/** When a discount counts. Instants in ISO 8601, UTC. */
export const Schedule = z.object({ starts_at: z.string(), ends_at: z.string().nullable() });
export type Schedule = z.infer<typeof Schedule>;

/** A discount that an export switches; `schedule`, where it is told, is what a rollback puts back. */
export const DiscountRef = z.object({
  channel: z.string(),
  discount_id: z.string(),
  schedule: Schedule.nullish(),
});
export type DiscountRef = z.infer<typeof DiscountRef>;

/** Shopify lets no more run at once. */
const MOST_AUTOMATIC = 25;

type Discount = {
  /** In the form that the mutations take. */
  id: string;
  type: string;
  title: string;
  status: 'ACTIVE' | 'EXPIRED' | 'SCHEDULED';
  schedule: Schedule;
  automatic: boolean;
  running: number;
};

async function readDiscount(work: Work, ref: DiscountRef): Promise<Discount | null> {
  const { discountNode, running } = await work.client.ask(DiscountNow, {
    id: gid('DiscountNode', ref.discount_id),
  });
  if (!discountNode) return null;
  const { __typename: type, title, status, startsAt, endsAt } = discountNode.discount;
  const automatic = type.startsWith('DiscountAutomatic');
  const number = discountNode.id.slice(discountNode.id.lastIndexOf('/') + 1);
  return {
    id: gid(automatic ? 'DiscountAutomaticNode' : 'DiscountCodeNode', number),
    type,
    title,
    status,
    schedule: { starts_at: startsAt, ends_at: endsAt },
    automatic,
    running: running?.count ?? 0,
  };
}

function sameInstant(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  // Shopify keeps whole seconds.
  return Math.floor(fromIso(one) / 1000) === Math.floor(fromIso(other) / 1000);
}

function sameSchedule(one: Schedule, other: Schedule): boolean {
  return sameInstant(one.starts_at, other.starts_at) && sameInstant(one.ends_at, other.ends_at);
}

export type DiscountsRead =
  | { kind: 'stop'; outcome: SinkOutcome }
  | { kind: 'ready'; facts: { [id: string]: Json } };

/** Looks at every discount before anything is written, and keeps the schedules that stand. */
export async function readDiscounts(
  work: Work,
  refs: readonly DiscountRef[],
  starting: boolean,
): Promise<DiscountsRead> {
  const facts: { [id: string]: Json } = {};
  let room: number | null = null;
  for (const ref of refs) {
    const discount = await readDiscount(work, ref);
    if (!discount) {
      const message = `Shopify has no discount ${ref.discount_id}. Correct its id, or make it first.`;
      return {
        kind: 'stop',
        outcome: failed('promo_conflict', message, { discount_id: ref.discount_id }),
      };
    }
    const { title, status, schedule } = discount;
    facts[ref.discount_id] = { title, status, ...schedule };
    if (!starting || !discount.automatic || status === 'ACTIVE') continue;
    room = (room ?? MOST_AUTOMATIC - discount.running) - 1;
    if (room < 0) {
      const message = `${String(discount.running)} automatic discounts run already, and Shopify allows ${String(MOST_AUTOMATIC)}.`;
      return { kind: 'stop', outcome: failed('store_limit_reached', message) };
    }
  }
  return { kind: 'ready', facts };
}

async function reschedule(work: Work, discount: Discount, to: Schedule): Promise<Refused | null> {
  const document = SetSchedule.get(discount.type);
  if (!document || sameSchedule(discount.schedule, to)) return null;
  const schedule = { startsAt: to.starts_at, endsAt: to.ends_at };
  const changed = await change(work.client, document, { id: discount.id, schedule }, 'discount');
  return changed.ok ? null : { sku: discount.id, code: changed.code, message: changed.message };
}

function gone(ref: DiscountRef): Refused {
  return { sku: ref.discount_id, code: 'promo_conflict', message: 'The discount is gone meanwhile.' };
}

/**
 * Starts a discount now and lets it end when the promo's window closes. Activating alone moves only the
 * start, so a discount without an end would run on.
 */
export async function startDiscount(work: Work, ref: DiscountRef, end: string): Promise<Refused | null> {
  const discount = await readDiscount(work, ref);
  if (!discount) return gone(ref);
  if (discount.status !== 'ACTIVE') {
    const document = discount.automatic ? StartAutomatic : StartCode;
    const changed = await change(work.client, document, { id: discount.id }, 'discount');
    if (!changed.ok) return { sku: ref.discount_id, code: changed.code, message: changed.message };
  }
  const started = await readDiscount(work, ref);
  if (!started) return gone(ref);
  if (fromIso(end) <= work.now()) return null;
  return reschedule(work, started, { ...started.schedule, ends_at: end });
}

/** The schedule that a stopped discount gets back, or null when it would run again by it at once. */
function toRestore(work: Work, ref: DiscountRef): Schedule | null {
  const schedule = ref.schedule ?? null;
  if (schedule === null) return null;
  const now = work.now();
  const running =
    fromIso(schedule.starts_at) <= now && (schedule.ends_at === null || fromIso(schedule.ends_at) > now);
  return running ? null : schedule;
}

/** Stops a discount, then puts back the schedule it had before the promo: stopping has overwritten its end. */
export async function stopDiscount(work: Work, ref: DiscountRef): Promise<Refused | null> {
  const discount = await readDiscount(work, ref);
  if (!discount) return gone(ref);
  const back = toRestore(work, ref);
  if (back && sameSchedule(discount.schedule, back)) return null;
  if (discount.status === 'ACTIVE') {
    const document = discount.automatic ? StopAutomatic : StopCode;
    const changed = await change(work.client, document, { id: discount.id }, 'discount');
    if (!changed.ok) return { sku: ref.discount_id, code: changed.code, message: changed.message };
  }
  return back ? reschedule(work, discount, back) : null;
}

/** Whether the discount is as the push wants it. */
export async function discountStands(work: Work, ref: DiscountRef, end: string | null): Promise<boolean> {
  const discount = await readDiscount(work, ref);
  if (!discount) return false;
  const running = discount.status === 'ACTIVE';
  if (end !== null)
    return running && (fromIso(end) <= work.now() || sameInstant(discount.schedule.ends_at, end));
  const back = toRestore(work, ref);
  return !running && (back === null || sameSchedule(discount.schedule, back));
}
