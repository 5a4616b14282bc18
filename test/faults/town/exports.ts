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

/** `count` exports, made when they are sent: seven of ten by policy, two by one person, one by two. */
export function mixed(count: number): (() => Parcel)[] {
  return Array.from({ length: count }, (_, n) => {
    const kind = n % 10;
    const makers = kind < 7 ? BY_POLICY : kind < 9 ? BY_ONE : BY_TWO;
    const maker = makers[Math.floor(n / 10 + kind) % makers.length] as Maker;
    return () => maker(n);
  });
}
