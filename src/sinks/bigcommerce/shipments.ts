import { z } from 'zod';
import type { Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, LabelBody } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';

type Created = Extract<LabelBody['result'], { status: 'created' }>;

const Shipments = z
  .array(z.object({ id: z.int(), tracking_number: z.string().nullish() }))
  // 204: the order has none.
  .nullable();
const OrderProducts = z.array(
  z.object({
    id: z.int(),
    quantity: z.number(),
    quantity_shipped: z.number().default(0),
    quantity_refunded: z.number().default(0),
    order_address_id: z.int(),
  }),
);
const Shipment = z.object({ id: z.int() });
const Order = z.object({ id: z.int(), status_id: z.int(), staff_notes: z.string().nullish() });

/** Carriers that BigCommerce makes tracking links for; any other is named as the tracking carrier. */
const PROVIDERS: ReadonlySet<string> = new Set([
  'auspost',
  'canadapost',
  'endicia',
  'usps',
  'fedex',
  'royalmail',
  'ups',
]);

const LONGEST_TRACKING_NUMBER = 50;
const LONGEST_LINK = 500;
const PAGE = 250;

function noOrder(order: string): Stopped {
  const message = `BigCommerce has no order ${order}. Check its number with the shop.`;
  return new Stopped(failed('order_not_found', message, { order_id: order }));
}

/** Order numbers of BigCommerce are numbers; any other is of another shop. */
function pathOf({ order_id }: LabelBody): string {
  if (!/^[1-9]\d{0,14}$/u.test(order_id)) throw noOrder(order_id);
  return `/v2/orders/${order_id}`;
}

/** The order's shipment with this tracking number. */
async function shipmentOf(shop: Shop, body: LabelBody, label: Created): Promise<number | null> {
  for (let page = 1; ; page += 1) {
    const found = await shop.find(`${pathOf(body)}/shipments`, { limit: PAGE, page }, Shipments);
    if (found === null || found.length === 0) return null;
    const same = found.find(({ tracking_number }) => tracking_number === label.tracking_number);
    if (same) return same.id;
    if (found.length < PAGE) return null;
  }
}

/** What is left to ship. Ends the attempt when that is nothing, or goes to several addresses. */
async function leftToShip(shop: Shop, body: LabelBody) {
  const products = await shop.find(`${pathOf(body)}/products`, { limit: PAGE }, OrderProducts);
  if (products === null) throw noOrder(body.order_id);
  const left = products
    .map((each) => ({ ...each, quantity: each.quantity - each.quantity_shipped - each.quantity_refunded }))
    // What needs no shipping, such as a download, has no address.
    .filter(({ quantity, order_address_id }) => quantity > 0 && order_address_id > 0);
  const addresses = [...new Set(left.map(({ order_address_id }) => order_address_id))];
  const [address] = addresses;
  if (address === undefined) {
    const message = `Everything of order ${body.order_id} is shipped already at BigCommerce, with other tracking numbers.`;
    throw new Stopped(failed('duplicate_shipment', message, { order_id: body.order_id }));
  }
  if (addresses.length > 1) {
    const message = `Order ${body.order_id} goes to several addresses, and the label does not say which items it is for. Enter the shipment at BigCommerce.`;
    throw new Stopped(failed('resource_state_conflict', message, { order_id: body.order_id }));
  }
  return { address, items: left.map(({ id, quantity }) => ({ order_product_id: id, quantity })) };
}

async function recordShipment(shop: Shop, body: LabelBody, label: Created): Promise<SinkOutcome> {
  const known = await shipmentOf(shop, body, label);
  if (known !== null) return shipped(known, label);
  if (label.tracking_number.length > LONGEST_TRACKING_NUMBER) {
    const message = `BigCommerce takes tracking numbers of at most ${LONGEST_TRACKING_NUMBER} characters.`;
    return failed('contract_mapping_error', message);
  }
  const { address, items } = await leftToShip(shop, body);
  const carrier = label.carrier.toLowerCase();
  const link =
    label.tracking_url !== null && label.tracking_url.length <= LONGEST_LINK ? label.tracking_url : null;
  const written = await shop.write(
    'POST',
    `${pathOf(body)}/shipments`,
    {
      order_address_id: address,
      tracking_number: label.tracking_number,
      ...(PROVIDERS.has(carrier)
        ? { shipping_provider: carrier }
        : { shipping_provider: '', tracking_carrier: carrier }),
      ...(link === null ? {} : { tracking_link: link }),
      ...(label.service === null ? {} : { shipping_method: label.service }),
      comments: `Meshline ${body.shipment_reference}`,
      items,
    },
    Shipment,
  );
  if (written.ok) return shipped(written.value.id, label);
  if (written.refusal.status === 404) throw noOrder(body.order_id);
  return failedBy(written.refusal);
}

function shipped(id: number, label: Created): Extract<SinkOutcome, { kind: 'delivered' }> {
  const facts = { carrier: label.carrier, tracking_number: label.tracking_number };
  return { kind: 'delivered', reference: String(id), facts };
}

const noteOf = ({ shipment_reference, result }: LabelBody) =>
  result.status === 'failed'
    ? `No label for ${shipment_reference}: ${result.carrier} ${result.code}, ${result.message}`
    : '';

async function orderOf(shop: Shop, body: LabelBody) {
  const order = await shop.find(pathOf(body), {}, Order);
  if (order === null) throw noOrder(body.order_id);
  const { label_pending_status: wanted } = shop.settings;
  const notes = order.staff_notes ?? '';
  const noted = notes.includes(noteOf(body));
  const moved = wanted === undefined || order.status_id === wanted;
  const fields = {
    ...(noted ? {} : { staff_notes: [notes, noteOf(body)].filter((one) => one !== '').join('\n') }),
    ...(moved || wanted === undefined ? {} : { status_id: wanted }),
  };
  return { order, fields };
}

/** Staff see in the order why it waits for a label; where a status is configured, it moves there. */
async function recordFailure(shop: Shop, body: LabelBody): Promise<SinkOutcome> {
  const { order, fields } = await orderOf(shop, body);
  if (Object.keys(fields).length > 0) {
    const written = await shop.write('PUT', pathOf(body), fields, z.unknown());
    if (!written.ok) return failedBy(written.refusal);
  }
  return { kind: 'delivered', reference: String(order.id) };
}

/** Records a label as a shipment of the order, or notes in the order that it has none. */
export async function recordLabel(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const body = bodyOf(request, LabelBody);
  return body.result.status === 'created'
    ? recordShipment(shop, body, body.result)
    : recordFailure(shop, body);
}

export async function findLabel(shop: Shop, request: PushRequest): Promise<Found> {
  const body = bodyOf(request, LabelBody);
  if (body.result.status === 'failed') {
    const { order, fields } = await orderOf(shop, body);
    return Object.keys(fields).length === 0
      ? { kind: 'delivered', reference: String(order.id) }
      : { kind: 'absent' };
  }
  const known = await shipmentOf(shop, body, body.result);
  return known === null ? { kind: 'absent' } : shipped(known, body.result);
}
