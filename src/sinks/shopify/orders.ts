import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import type { SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import type { Client } from './client.ts';
import { OpenReturn, RequestReturn, ShipOrder } from './mutations.ts';
import { OrderById, OrdersByName, ReturnablesOf, ReturnsOf, ShipmentsOf } from './queries.ts';
import { gid } from './settings.ts';
import { nameOf, SkuLine } from './variants.ts';
import { bodyOf, mustChange, type Operation, type Work } from './work.ts';

/** "#1001" and "1001" are one order. */
function plainName(name: string): string {
  return name.replace(/^#/u, '');
}

/** The id of the one order of this name or number. Throws a `Stopped` when there is none, or several. */
async function findOrder(client: Client, order_id: string): Promise<string> {
  if (!order_id.startsWith('gid://')) {
    const quoted = plainName(order_id).replaceAll(/["\\]/gu, '');
    const { orders } = await client.ask(OrdersByName, { query: `name:"${quoted}"` });
    const [only, second] = orders.nodes.filter(({ name }) => plainName(name) === plainName(order_id));
    if (only && !second) return only.id;
    if (second)
      throw new Stopped(failed('order_not_found', `Several orders in Shopify are named ${order_id}.`));
  }
  if (order_id.startsWith('gid://shopify/Order/') || /^\d{1,20}$/u.test(order_id)) {
    const { order } = await client.ask(OrderById, { id: gid('Order', order_id) });
    if (order) return order.id;
  }
  throw new Stopped(failed('order_not_found', `Shopify has no order ${order_id}.`));
}

const Return = z.object({
  order_id: z.string(),
  return_id: z.string(),
  lines: z.array(SkuLine.extend({ quantity: z.number(), reason: z.string(), condition: z.string() })),
  customer_note: z.string().nullish(),
});
type Return = z.infer<typeof Return>;

/** Shopify's reasons, by ours. */
const REASONS: Readonly<Record<string, string>> = {
  unwanted: 'UNWANTED',
  wrong_item: 'WRONG_ITEM',
  wrong_size: 'OTHER',
  damaged: 'DEFECTIVE',
  defective: 'DEFECTIVE',
  late: 'UNWANTED',
  not_as_described: 'NOT_AS_DESCRIBED',
  other: 'OTHER',
};

/** Shopify gives returns names of its own; by this line of its note ours is found again. */
function markOf({ return_id }: Return): string {
  return `Return ${return_id}:`;
}

const LONGEST_NOTE = 255;

function noteOf(body: Return, line: Return['lines'][number]): string {
  const words = `${markOf(body)} ${line.reason.replaceAll('_', ' ')}, ${line.condition}`;
  return words.slice(0, LONGEST_NOTE).toWellFormed();
}

type Returnable = { id: string; sku: string | null; left: number };

const MOST_PAGES = 20;

/** What was shipped and is not on its way back, in all parcels of the order. */
async function returnables(client: Client, order: string): Promise<readonly Returnable[]> {
  const items: Returnable[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: z.infer<(typeof ReturnablesOf)['answer']> = await client.ask(ReturnablesOf, {
      order,
      after,
    });
    const { nodes, pageInfo } = answer.returnableFulfillments;
    for (const { returnableFulfillmentLineItems } of nodes)
      for (const { quantity, fulfillmentLineItem } of returnableFulfillmentLineItems.nodes) {
        const { id, lineItem } = fulfillmentLineItem;
        items.push({ id, sku: lineItem.sku, left: quantity });
      }
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return items;
}

/** The return that an earlier attempt opened, or null. */
async function ourReturn(client: Client, order: string, body: Return) {
  const answer = await client.ask(ReturnsOf, { order });
  const mark = markOf(body);
  const ours = answer.order?.returns.nodes.find(
    (each) =>
      each.status !== 'CANCELED' &&
      each.returnLineItems.nodes.some(
        (line) => line.returnReasonNote.startsWith(mark) || line.customerNote?.startsWith(mark) === true,
      ),
  );
  return ours ?? null;
}

/** Takes what comes back from what was shipped, over several parcels where need be. */
function allot(work: Work, body: Return, items: readonly Returnable[]) {
  const parts: { [field: string]: Json }[] = [];
  const short: string[] = [];
  const note = work.settings.returns === 'open' ? 'returnReasonNote' : 'customerNote';
  for (const line of body.lines) {
    let wanted = line.quantity;
    for (const item of items.filter((each) => each.sku === nameOf(line, work.request.aliases))) {
      const quantity = Math.min(wanted, item.left);
      if (quantity === 0) continue;
      item.left -= quantity;
      wanted -= quantity;
      parts.push({
        fulfillmentLineItemId: item.id,
        quantity,
        returnReason: REASONS[line.reason] ?? 'OTHER',
        [note]: noteOf(body, line),
      });
    }
    if (wanted > 0) short.push(line.sku);
  }
  return { parts, short };
}

function opened(found: { id: string; name: string }): Extract<SinkOutcome, { kind: 'delivered' }> {
  return { kind: 'delivered', reference: found.name, facts: { return_id: found.id } };
}

export const returnOpen: Operation = {
  async push(work) {
    const { client, settings } = work;
    const body = bodyOf(Return, work.request);
    const order = await findOrder(client, body.order_id);
    const ours = await ourReturn(client, order, body);
    if (ours) return opened(ours);
    const { parts, short } = allot(work, body, await returnables(client, order));
    if (short.length > 0) {
      const message = `Shopify has fewer of ${short.join(', ')} shipped and not yet returned in order ${body.order_id}.`;
      return failed('return_not_allowed', message, { skus: short });
    }
    const { return: made } =
      settings.returns === 'open'
        ? await mustChange(
            client,
            OpenReturn,
            { input: { orderId: order, returnLineItems: parts, notifyCustomer: settings.notify_customer } },
            'order',
          )
        : await mustChange(
            client,
            RequestReturn,
            { input: { orderId: order, returnLineItems: parts } },
            'order',
          );
    return made ? opened(made) : { kind: 'unknown', cause: 'Shopify did not say which return it opened.' };
  },
  async reconcile(work) {
    const body = bodyOf(Return, work.request);
    const order = await findOrder(work.client, body.order_id);
    const ours = await ourReturn(work.client, order, body);
    return ours ? opened(ours) : { kind: 'absent' };
  },
};

const Label = z.object({
  order_id: z.string(),
  result: z.discriminatedUnion('status', [
    z.object({
      status: z.literal('created'),
      carrier: z.string(),
      tracking_number: z.string(),
      tracking_url: z.string().nullish(),
    }),
    z.object({ status: z.literal('failed') }),
  ]),
});

/** Orders of a warehouse that still wait to be shipped. */
const WAITING: ReadonlySet<string> = new Set(['OPEN', 'IN_PROGRESS']);

async function shipments(work: Work, order: string, tracking: string) {
  const answer = await work.client.ask(ShipmentsOf, { order });
  const shipped = answer.order?.fulfillments.find(
    ({ status, trackingInfo }) =>
      status !== 'CANCELLED' && trackingInfo.some(({ number }) => number === tracking),
  );
  const waiting = answer.order?.fulfillmentOrders.nodes.filter(({ status }) => WAITING.has(status)) ?? [];
  return { shipped: shipped ?? null, waiting };
}

/** Ships what waits in the order and gives it its tracking number. A failed label changes nothing there. */
export const labelRecord: Operation = {
  async push(work) {
    const { client, request, settings } = work;
    const { order_id, result } = bodyOf(Label, request);
    if (result.status === 'failed') return { kind: 'delivered', reference: null };
    const order = await findOrder(client, order_id);
    const { shipped, waiting } = await shipments(work, order, result.tracking_number);
    if (shipped) return { kind: 'delivered', reference: shipped.id };
    const places = new Set(waiting.map(({ assignedLocation }) => assignedLocation.location?.id ?? ''));
    if (places.size !== 1) {
      const message =
        places.size === 0
          ? `Nothing of order ${order_id} waits to be shipped in Shopify.`
          : `Order ${order_id} ships from several locations in Shopify, and the label does not say from which.`;
      return failed('resource_state_conflict', message);
    }
    const { carrier, tracking_number, tracking_url } = result;
    const { fulfillment } = await mustChange(
      client,
      ShipOrder,
      {
        fulfillment: {
          lineItemsByFulfillmentOrder: waiting.map(({ id }) => ({ fulfillmentOrderId: id })),
          notifyCustomer: settings.notify_customer,
          trackingInfo: {
            company: carrier,
            number: tracking_number,
            ...(tracking_url ? { url: tracking_url } : {}),
          },
        },
      },
      'order',
    );
    return { kind: 'delivered', reference: fulfillment?.id ?? null };
  },
  async reconcile(work) {
    const { order_id, result } = bodyOf(Label, work.request);
    if (result.status === 'failed') return { kind: 'delivered', reference: null };
    const order = await findOrder(work.client, order_id);
    const { shipped } = await shipments(work, order, result.tracking_number);
    return shipped ? { kind: 'delivered', reference: shipped.id } : { kind: 'absent' };
  },
};
