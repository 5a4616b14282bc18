import { z } from 'zod';
import { plainException } from '../exception-words.ts';
import { type Fact, NOTHING, type PostalAddress, type Understood } from '../facts.ts';
import { instant, wrongIn } from '../standard.ts';

const Text = z.string().nullish();

const Address = z.object({
  name: Text,
  first_name: Text,
  last_name: Text,
  company: Text,
  address1: Text,
  address2: Text,
  city: Text,
  province_code: Text,
  zip: Text,
  country_code: Text,
  phone: Text,
});

/** Only what exports need of an order; prices and customers stay out. */
const Order = z.object({
  id: z.union([z.number(), z.string()]),
  admin_graphql_api_id: Text,
  name: Text,
  test: z.boolean().nullish(),
  cancelled_at: Text,
  created_at: Text,
  updated_at: Text,
  currency: Text,
  fulfillment_status: Text,
  total_weight: z.number().nullish(),
  shipping_address: Address.nullish(),
  line_items: z.array(
    z.object({
      sku: Text,
      title: Text,
      quantity: z.int().min(0),
      requires_shipping: z.boolean().nullish(),
    }),
  ),
});

const Level = z.object({
  inventory_item_id: z.union([z.number(), z.string()]),
  location_id: z.union([z.number(), z.string()]),
  available: z.int().nullable(),
  updated_at: Text,
});

const Discount = z.object({
  admin_graphql_api_id: z.string().min(1),
  title: z.string(),
  status: z.string(),
  updated_at: Text,
});

const Fulfillment = z.object({
  id: z.union([z.number(), z.string()]),
  admin_graphql_api_id: Text,
  order_id: z.union([z.number(), z.string()]).nullish(),
  name: Text,
  status: Text,
  shipment_status: Text,
  tracking_company: Text,
});

const ServiceFailed = z.object({
  fulfillment_order: z.object({ id: z.string().min(1) }),
  message: Text,
});

/** What a pointer of this kind holds until it is followed. */
export const Pointer = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('sku'),
    item: z.string(),
    location: z.string(),
    quantity: z.int(),
    updated_at: z.int(),
    at: z.int(),
  }),
  z.strictObject({
    ask: z.literal('discount'),
    discount: z.string(),
    title: z.string(),
    updated_at: z.int(),
    at: z.int(),
  }),
]);
export type Pointer = z.infer<typeof Pointer>;

/** Ids have more digits than a JSON number can keep; the one in the gid is whole. */
export function idOf(gid: string | null | undefined, id: string | number): string {
  return /^gid:\/\/shopify\/\w+\/(\d+)/.exec(gid ?? '')?.[1] ?? String(id);
}

/** Whole seconds: a webhook and the API write the same instant with and without fractions. */
const second = (at: number) => Math.floor(at / 1000);

export const orderKey = (id: string) => `order:${id}`;
export const levelKey = (item: string, location: string, at: number) =>
  `stock:${item}@${location}:${second(at)}`;

function addressOf(to: z.infer<typeof Address>): PostalAddress {
  const full = [to.first_name, to.last_name].filter(Boolean).join(' ');
  return {
    name: to.name || full || null,
    company: to.company ?? null,
    line1: to.address1 ?? null,
    line2: to.address2 ?? null,
    city: to.city ?? null,
    region: to.province_code ?? null,
    postal_code: to.zip ?? null,
    country: to.country_code ?? null,
    phone: to.phone ?? null,
  };
}

function placed(order: z.infer<typeof Order>, at: number): Fact[] {
  if (order.test === true || (order.cancelled_at ?? null) !== null) return [];
  const id = idOf(order.admin_graphql_api_id, order.id);
  const toShip = order.line_items.some((line) => line.requires_shipping !== false);
  return [
    {
      what: 'order_placed',
      key: orderKey(id),
      at,
      order: order.name || id,
      currency: order.currency ?? null,
      ships: toShip && order.fulfillment_status !== 'fulfilled',
      ship_to: order.shipping_address ? addressOf(order.shipping_address) : null,
      grams: order.total_weight ?? null,
      items: order.line_items.map(({ sku, title, quantity }) => ({
        sku: sku ?? '',
        title: title ?? null,
        quantity,
      })),
    },
  ];
}

function failedShipment(shipment: z.infer<typeof Fulfillment>, at: number): Fact[] {
  const state = [shipment.shipment_status, shipment.status].find(
    (each) => each === 'failure' || each === 'error',
  );
  if (state === undefined) return [];
  const id = idOf(shipment.admin_graphql_api_id, shipment.id);
  const order =
    shipment.order_id === null || shipment.order_id === undefined ? id : String(shipment.order_id);
  const onTheWay = shipment.shipment_status === 'failure';
  const carrier = shipment.tracking_company ?? 'The carrier';
  return [
    {
      what: 'label_failed',
      key: `fulfillment:${id}:${onTheWay ? 'delivery' : state}`,
      at,
      exception_code: onTheWay ? 'delivery_exception' : 'label_pending',
      severity: 'high',
      summary: onTheWay
        ? `${carrier} could not deliver ${shipment.name ?? `the shipment of order ${order}`}.`
        : `The shipment ${shipment.name ?? id} could not be made.`,
      detail: null,
      affected: [
        { kind: 'order', reference: order },
        { kind: 'shipment', reference: shipment.name ?? id },
      ],
      metadata: shipment.tracking_company ? { carrier: shipment.tracking_company } : {},
    },
  ];
}

function stock(level: z.infer<typeof Level>, at: number, canAsk: boolean): Understood {
  if (level.available === null) return NOTHING;
  const updated_at = instant(level.updated_at) ?? at;
  const [item, location] = [String(level.inventory_item_id), String(level.location_id)];
  const quantity = level.available;
  if (canAsk) {
    const pointer: Pointer = { ask: 'sku', item, location, quantity, updated_at, at };
    return { kind: 'pointer', about: { what: 'inventory_below', quantity }, pointer };
  }
  const key = levelKey(item, location, updated_at);
  const known = { what: 'inventory_below', key, at, as_of: at, item, location, quantity } as const;
  return { kind: 'facts', facts: [{ ...known, sku: null, title: null }] };
}

function discount(body: z.infer<typeof Discount>, at: number, canAsk: boolean): Understood {
  if (body.status.toUpperCase() !== 'SCHEDULED') return NOTHING;
  const updated_at = instant(body.updated_at) ?? at;
  const known = { discount: body.admin_graphql_api_id, title: body.title, at };
  if (canAsk) {
    const pointer: Pointer = { ask: 'discount', ...known, updated_at };
    return { kind: 'pointer', about: { what: 'promo_scheduled', quantity: null }, pointer };
  }
  return { kind: 'facts', facts: [draftOf(known, updated_at)] };
}

/** As much of a promo as its webhook says; the rest is for people to add. */
export function draftOf(
  { discount, title, at }: { discount: string; title: string; at: number },
  updated_at: number,
): Extract<Fact, { what: 'promo_scheduled' }> {
  const key = `promo:${discount}:${second(updated_at)}`;
  return {
    what: 'promo_scheduled',
    key,
    at,
    discount,
    title,
    starts_at: null,
    ends_at: null,
    code: null,
    off: null,
  };
}

function serviceFailed({ fulfillment_order, message }: z.infer<typeof ServiceFailed>, at: number): Fact[] {
  const said = message?.trim() || null;
  return [
    {
      what: 'label_failed',
      key: `fulfillment-order:${fulfillment_order.id}:failed`,
      at,
      exception_code: plainException(said ?? '', 'label_pending'),
      severity: 'high',
      summary: 'A fulfilment service could not complete a shipment.',
      detail: said?.slice(0, 3000) ?? null,
      affected: [{ kind: 'shipment', reference: idOf(fulfillment_order.id, fulfillment_order.id) }],
      metadata: {},
    },
  ];
}

function facts<T>(schema: z.ZodType<T>, body: unknown, make: (value: T) => Fact[]): Understood {
  const parsed = schema.safeParse(body);
  return parsed.success ? { kind: 'facts', facts: make(parsed.data) } : wrongIn(parsed.error);
}

function understood<T>(schema: z.ZodType<T>, body: unknown, make: (value: T) => Understood): Understood {
  const parsed = schema.safeParse(body);
  return parsed.success ? make(parsed.data) : wrongIn(parsed.error);
}

/** What a topic says. `canAsk`: what is missing can be fetched from the shop. */
export function readTopic(topic: string, body: unknown, at: number, canAsk: boolean): Understood {
  switch (topic) {
    case 'orders/create':
      return facts(Order, body, (order) => placed(order, at));
    case 'inventory_levels/connect':
    case 'inventory_levels/update':
      return understood(Level, body, (level) => stock(level, at, canAsk));
    case 'discounts/create':
    case 'discounts/update':
      return understood(Discount, body, (each) => discount(each, at, canAsk));
    case 'fulfillments/create':
    case 'fulfillments/update':
      return facts(Fulfillment, body, (shipment) => failedShipment(shipment, at));
    case 'fulfillment_orders/fulfillment_service_failed_to_complete':
      return facts(ServiceFailed, body, (failure) => serviceFailed(failure, at));
  }
  return NOTHING;
}
