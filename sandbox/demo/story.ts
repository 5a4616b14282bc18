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

/** One SKU falls below its limit, so somebody must look; a minute later the backup is brought in. */
const BURST_PIPE = {
  sla_ms: 60_000,
  'payload.reason_code': 'damage',
  'payload.note': 'Counted again after a burst pipe',
  'payload.lines.0.delta': -209,
};

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
      'payload.lines.0.new_price': '13,90',
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
  { after_s: 8, source: 'pim', make: as('price_update', 'december-prices') },
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
  {
    after_s: 20,
    source: 'wms',
    make: as('inventory_delta', 'hourly-count', { 'payload.lines.0.location': 'wh-leipzig' }),
  },
  {
    after_s: 30,
    source: 'pim',
    make: as('staged_product', 'new-beanie', { 'payload.handle': 'merino-beanie' }),
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
  title: 'A tour in 7 steps',
  steps: [
    {
      text: 'You are *Priya*, who owns promos. “Summer 24” waits in #promo-approvals. Press *Accept*, and once more in the dialog that names the effect: the card then says 1 of 2.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'Press *Accept* on it again. A promo takes two different people; Meshline says so, and only to you.',
      as: 'U01PRIYA',
      channel: 'C02PROMO',
    },
    {
      text: 'Become *Hannah* from operations and accept the same card. For 20 seconds anybody who may decide can press *Undo*, and nothing has left. Then open *Sample sinks* on the left: the OMS has the promo, once.',
      as: 'U07HANNAH',
      channel: 'C02PROMO',
    },
    {
      text: 'A price list came with two typing mistakes. Become *Omar*, press *Fix…*, correct them (13.90 and 16.50) and continue: it moves on to #merchandising.',
      as: 'U08OMAR',
      channel: 'C07REMEDY',
    },
    {
      text: 'A return names an owner nobody knows. Still as Omar, press *Assign owner…* and choose Hannah, as operations: the card moves to #operations.',
      as: 'U08OMAR',
      channel: 'C07REMEDY',
    },
    {
      text: 'Nobody answered a stock count with an SLA of one minute. Open its thread: a reminder, then the backup, then on-call. Close the thread and, as that backup, *Tomáš*, accept it. If its figures are old by now, Meshline asks you first.',
      as: 'U10TOMAS',
      channel: 'C06SUPPLY',
    },
    {
      text: 'Let something fail. Here, as *Mei*, set the OMS to “Refuses: locked for stocktaking”. Accept the “EU retail” prices further up in #merchandising: the card says what went wrong and whose it is. Set the OMS back to “Works”, then press *Redeliver*.',
      as: 'U03MEI',
      channel: 'sinks',
    },
  ],
};
