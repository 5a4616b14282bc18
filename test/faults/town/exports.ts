import { fixture, put, type RawExport } from '../../support/fixtures.ts';

/** One export of its own, and the source that sends it. */
export type Parcel = { source: string; raw: RawExport };

type Maker = (n: number) => Parcel;

function parcel(type: string, source: string, n: number, edit: (raw: RawExport) => void): Parcel {
  const raw = fixture(type, { now: Date.now() });
  raw['idempotency_key'] = `${type}-${n}`;
  put(raw, 'source.reference', `${type}-${n}`);
  edit(raw);
  return { source, raw };
}

/** Accepted by policy, nobody is asked. */
export const BY_POLICY: readonly Maker[] = [
  (n) =>
    parcel('inventory_delta', 'wms', n, (raw) => {
      put(raw, 'payload.lines.0.sku', `SKU-${n}`);
    }),
  (n) =>
    parcel('shipping_label_request', 'wms', n, (raw) => {
      put(raw, 'payload.order_id', `9${n}`);
      put(raw, 'payload.shipment_reference', `9${n}-A`);
    }),
  (n) =>
    parcel('shipping_label_response', 'wms', n, (raw) => {
      put(raw, 'payload.order_id', `8${n}`);
      put(raw, 'payload.shipment_reference', `8${n}-A`);
    }),
];

/** One person accepts. */
export const BY_ONE: readonly Maker[] = [
  (n) =>
    parcel('staged_product', 'pim', n, (raw) => {
      put(raw, 'payload.handle', `beanie-${n}`);
    }),
  (n) =>
    parcel('price_update', 'pim', n, (raw) => {
      put(raw, 'payload.price_list.id', `list-${n}`);
    }),
  (n) =>
    parcel('return_initiate', 'erp', n, (raw) => {
      put(raw, 'payload.return_id', `RMA-${n}`);
    }),
  (n) =>
    parcel('shipping_label_request', 'wms', n, (raw) => {
      put(raw, 'payload.order_id', `7${n}`);
      put(raw, 'payload.shipment_reference', `7${n}-A`);
      put(raw, 'payload.quoted_cost.amount', '38.40');
      put(raw, 'payload.max_cost.amount', '45.00');
    }),
  (n) =>
    parcel('inventory_delta', 'erp', n, (raw) => {
      put(raw, 'payload.lines.0.sku', `LOW-${n}`);
      put(raw, 'payload.lines.0.delta', -210);
    }),
];

/** Two people of different roles accept. */
export const BY_TWO: readonly Maker[] = [
  (n) =>
    parcel('promo_activation', 'pim', n, (raw) => {
      raw['campaign_id'] = `campaign-${n}`;
      put(raw, 'payload.campaign_name', `Campaign ${n}`);
    }),
  (n) =>
    parcel('content_package_change', 'pim', n, (raw) => {
      put(raw, 'payload.lines.0.sku', `TOTE-${n}`);
      put(raw, 'payload.lines.1.sku', `HAT-${n}`);
    }),
];

function made(n: number, makers: readonly Maker[], turn: number): Parcel {
  const maker = makers[turn % makers.length];
  if (!maker) throw new Error('There is nothing to send.');
  return maker(n);
}

/** The `n`th export, of a type that goes through by policy. */
export function ofPolicy(n: number): Parcel {
  return made(n, BY_POLICY, n);
}

/** The `n`th export, of a type that people are asked about; the types take turns with every second `n`. */
export function ofPeople(n: number): Parcel {
  return made(n, [...BY_ONE, ...BY_TWO], n >> 1);
}

/**
 * The `n`th export of a steady stream: machine traffic mostly, because Slack takes about one message a
 * second in a channel; every twelfth is asked of people, and of the first sixteen every second.
 */
export function steady(n: number): Parcel {
  if (n < 16) return n % 2 === 1 ? ofPeople(n) : ofPolicy(n);
  return n % 12 === 0 ? made(n, [...BY_ONE, ...BY_TWO], n / 12) : ofPolicy(n);
}
