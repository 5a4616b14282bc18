import { domestic } from '../../test/support/domestic.ts';
import { fixture, put, type RawExport } from '../../test/support/fixtures.ts';
import { GOODS } from '../sinks/goods.ts';

/** Something that arrives in the demo: when, from which source, and what. */
export type Arrival = { after_s: number; source: string; make: (now: number, round: number) => RawExport };

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

/** One SKU falls below its limit, so somebody must look; a minute later the backup is brought in. */
const BURST_PIPE = {
  sla_ms: 60_000,
  'payload.reason_code': 'damage',
  'payload.note': 'Counted again after a burst pipe',
  'payload.lines.0.delta': -209,
};

/** A parcel within the US, by FedEx or else USPS, as `changes` say. */
function parcel(order: string, changes: Record<string, string>) {
  return (now: number, round: number): RawExport =>
    fixture('shipping_label_request', {
      now,
      edit(raw) {
        domestic(order)(raw);
        raw['idempotency_key'] = `label-${order}-${round}`;
        put(raw, 'source.reference', `order-${order}`);
        for (const [path, value] of Object.entries(changes)) put(raw, path, value);
      },
    });
}

const HOUR_MS = 3_600_000;

/** In the order of the brief; the shop has more of it than can be in a campaign. */
const ON_SALE = ['LIN-SHIRT', 'BEACH-TOTE', 'STRAW-HAT', 'SANDAL', 'SUN-TOWEL'];

/** The campaign that the tour begins with, as the planning system briefs it: a draft, since an hour ago for two weeks. */
export const BRIEF = {
  source: 'pim',
  make(now: number) {
    const goods = GOODS.filter(({ sku }) => ON_SALE.some((stem) => sku.startsWith(stem)));
    return {
      campaign_id: 'summer-24',
      brief: {
        name: 'Summer 24',
        products: goods.map(({ sku, handle, product, variant, price }) => {
          const title = variant === null ? product : `${product}, ${variant}`;
          return { sku, handle, title, price, compare_at: null, promo_price: null };
        }),
        offer: { kind: 'percent_off', value: '20' },
        currency: 'EUR',
        window: {
          start: new Date(now - HOUR_MS).toISOString(),
          end: new Date(now + 14 * 24 * HOUR_MS).toISOString(),
          time_zone: 'Europe/Berlin',
        },
        channels: ['shopify', 'oms'],
        keywords: ['summer sale', 'linen shirt'],
        creative_ids: ['cr-2201', 'cr-2202'],
        landing_urls: ['https://shop.example.com/summer'],
      },
    };
  },
};

/** The story that the tour tells; each of these comes once. */
export const STORY: readonly Arrival[] = [
  {
    after_s: 2,
    source: 'pim',
    make: as('price_update', 'price-list-typo', {
      'payload.price_list.id': 'eu-outlet',
      'payload.price_list.name': 'EU outlet',
      'payload.lines.0.sku': 'MUG-STONE-350-2ND',
      'payload.lines.0.new_price': '13,90',
      'payload.lines.1.sku': 'MUG-STONE-500-2ND',
      'payload.lines.1.new_price': '16.50 EUR',
    }),
  },
  {
    after_s: 4,
    source: 'erp',
    make: as('return_initiate', 'return-without-owner', {
      owner_id: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a999',
    }),
  },
  { after_s: 6, source: 'erp', make: as('inventory_delta', 'burst-pipe', BURST_PIPE) },
  { after_s: 8, source: 'pim', make: as('price_update', 'december-prices', { 'payload.valid_from': null }) },
  {
    after_s: 10,
    source: 'wms',
    make: parcel('100482', {
      'payload.ship_to.line1': '412 Example Street',
      'payload.ship_to.city': 'Anchorage',
      'payload.ship_to.region': 'AK',
      'payload.ship_to.postal_code': '99501',
    }),
  },
  {
    after_s: 12,
    source: 'wms',
    make: parcel('100517', { 'payload.ship_to.postal_code': '00072' }),
  },
];

/** What goes on arriving, so that the place is alive; most of it policy accepts without asking anybody. */
export const TRAFFIC: readonly Arrival[] = [
  {
    after_s: 20,
    source: 'wms',
    make: as('inventory_delta', 'hourly-count', { 'payload.lines.0.location': 'wh-leipzig' }),
  },
  {
    after_s: 30,
    source: 'pim',
    // A handle that is live already belongs to no preview.
    make: (now, round) =>
      as('staged_product', 'new-beanie', {
        'payload.handle': round === 1 ? 'merino-beanie' : `merino-beanie-${round}`,
      })(now, round),
  },
  { after_s: 45, source: 'wms', make: as('shipping_label_response', 'label-made') },
  { after_s: 60, source: 'erp', make: as('exception_notify', 'carrier-alert') },
  { after_s: 75, source: 'pim', make: as('content_package_change', 'new-carton') },
  { after_s: 90, source: 'pim', make: as('live_publish', 'winter-release') },
  { after_s: 480, source: 'erp', make: as('inventory_delta', 'burst-pipe-again', BURST_PIPE) },
];

/** Longer than a burst pipe waits before it expires, so that there is always one of them. */
export const TRAFFIC_EVERY_S = 500;

export const TOUR = {
  title: 'A tour in 9 steps',
  steps: [
    {
      text: 'A campaign, from the brief to the rollback. You are *Daniel*, who plans promos. The brief of “Summer 24” came in and is a draft in #promo-approvals. Press *Mark ready*: its promo then waits there for two people. (`/promo new` is how you would write a brief yourself.)',
      as: 'U02DANIEL',
      channel: 'C02PROMO',
    },
    {
      text: 'As *Priya*, who owns it, press *Accept* on “Activate Summer 24”, and once more in the dialog that names the effect. The card says 1 of 2. Press *Accept* again: it takes two different people, and Meshline says so, only to you.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'As *Hannah* from operations, accept the same card. For 20 seconds *Undo* would take it back; then it goes out, and the OMS says that it is short of three of the items.',
      as: 'U07HANNAH',
      channel: 'C02PROMO',
    },
    {
      text: 'As *Grace* from the supply chain, see what is short by how much, and what would resolve it. Press *Resume…* and say what was done, such as “Moved 110 units from Dallas.”',
      as: 'U09GRACE',
      channel: 'C06SUPPLY',
    },
    {
      text: 'The world has changed, so the promo is accepted anew, and what follows from the shortage, the live publish, tells how it came to that. Accept both, each as Priya and as Hannah. When a price is too old by now, Meshline reads it again: then press once more. The card of the campaign says *Live*.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'Press *Roll back…* on the card of the campaign, at the top of the channel, and say why. When it has ended, open *Sample sinks* on the left: the price list of the shop has the old prices again. The thread of the card tells the whole story.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'What comes in broken is not lost. Become *Omar*: press *Fix…* on the price list with two typing mistakes, correct them (13.90 and 16.50) and continue. Then press *Assign owner…* on the return whose owner nobody knows, and choose Hannah, as operations. Both cards move on.',
      as: 'U08OMAR',
      channel: 'C07REMEDY',
    },
    {
      text: 'Nobody answered a stock count with an SLA of one minute. Open its thread: a reminder, then the backup, then on-call. Close the thread and, as that backup, *Tomáš*, accept it. If its figures are old by now, Meshline asks you first.',
      as: 'U10TOMAS',
      channel: 'C06SUPPLY',
    },
    {
      text: 'An order goes to Alaska, where the sample FedEx does not go. As *Amara*, accept the label for order 100482: FedEx refuses, USPS would do it for 1.20 USD more, and the card asks you. Press *Use USPS*: it then shows both, with the tracking number. Order 100517 has a ZIP code that is nowhere: accept its label, press *Fix address…*, put in 97201, and accept once more.',
      as: 'U05AMARA',
      channel: 'C04LOGISTICS',
    },
  ],
};
