import { fixture, put, type RawExport } from '../../test/support/fixtures.ts';

/** Sofia, brand marketer: she asks for things and may not accept them herself. */
const SOFIA = '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a113';

/** Something that arrives in the demo: when, from which source, and what. */
export type Arrival = { after_s: number; source: string; make: (now: number, round: number) => RawExport };

/** Twenty and more lines would hide the point: the promo of the story keeps the fixture's own. */
function as(type: string, key: string, changes: Record<string, unknown> = {}) {
  return (now: number, round: number): RawExport =>
    fixture(type, {
      now,
      edit(raw) {
        raw['idempotency_key'] = `${key}-${round}`;
        put(raw, 'source.reference', `${key}-${round}`);
        for (const [path, value] of Object.entries(changes)) put(raw, path, value as never);
      },
    });
}

/** The story that the tour tells; each of these comes once. */
export const STORY: readonly Arrival[] = [
  {
    after_s: 0,
    source: 'pim',
    make: as('promo_activation', 'brief-summer-24', { 'source.requested_by': SOFIA }),
  },
  {
    after_s: 2,
    source: 'pim',
    make: as('price_update', 'price-list-typo', {
      'payload.price_list.id': 'eu-outlet',
      'payload.price_list.name': 'EU outlet',
      'payload.lines.0.new_price': '12,90',
      'payload.lines.3.sku': 'MUG-STONE-500',
    }),
  },
  {
    after_s: 4,
    source: 'erp',
    make: as('return_initiate', 'return-without-owner', {
      owner_id: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a999',
    }),
  },
  {
    after_s: 6,
    source: 'erp',
    make: as('inventory_delta', 'count-that-nobody-answers', {
      sla_ms: 30_000,
      'payload.lines.0.delta': -209,
      'payload.note': 'Counted again after a burst pipe',
    }),
  },
  {
    after_s: 8,
    source: 'pim',
    make: as('price_update', 'december-prices', { 'payload.lines.2.new_price': '9.90' }),
  },
  {
    after_s: 10,
    source: 'wms',
    make: as('shipping_label_request', 'label-100482', {
      'payload.quoted_cost.amount': '38.40',
      'payload.max_cost.amount': '45.00',
    }),
  },
];

/** What goes on arriving, so that the place is alive; most of it policy accepts without asking anybody. */
export const TRAFFIC: readonly Arrival[] = [
  { after_s: 20, source: 'wms', make: as('inventory_delta', 'hourly-count') },
  {
    after_s: 30,
    source: 'pim',
    make: as('staged_product', 'new-beanie', { 'payload.handle': 'merino-beanie' }),
  },
  { after_s: 45, source: 'wms', make: as('shipping_label_response', 'label-made') },
  { after_s: 60, source: 'erp', make: as('exception_notify', 'carrier-alert') },
  { after_s: 75, source: 'pim', make: as('content_package_change', 'new-carton') },
  { after_s: 90, source: 'pim', make: as('live_publish', 'winter-release') },
];

export const TRAFFIC_EVERY_S = 300;

export const TOUR = {
  title: 'Ten minutes at Northwind Goods',
  steps: [
    {
      text: 'You are Priya, who owns promos. "Summer 24" waits in #promo-approvals: look at it and press Accept.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'Press Accept once more: a promo needs two different people, and only you are told so.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'Become Hannah from operations and sign the second step. Then open "OMS" on the left: the promo is there.',
      as: 'U07HANNAH',
      channel: 'C02PROMO',
    },
    {
      text: 'A price list came with a typing mistake. Become Omar, press Fix, correct the two fields.',
      as: 'U08OMAR',
      channel: 'C07REMEDY',
    },
    {
      text: 'A return names an owner nobody knows. Still as Omar, assign one, and it moves to their channel.',
      as: 'U08OMAR',
      channel: 'C07REMEDY',
    },
    {
      text: 'Nobody answers this stock count. Its SLA is 30 seconds here (15 minutes by default): watch the reminder, the backup, the page.',
      as: 'U09GRACE',
      channel: 'C06SUPPLY',
    },
    {
      text: 'Tell the OMS to refuse (open "OMS", choose a mode), accept the December prices as Mei, and send it again with Redeliver.',
      as: 'U03MEI',
      channel: 'C03MERCH',
    },
  ],
};
