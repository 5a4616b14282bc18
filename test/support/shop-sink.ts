import { z } from 'zod';
import { createDesk } from '../../src/flow/desk.ts';
import { defineSink, type SinkKind } from '../../src/sinks/define.ts';
import { type ConfigFile, type House, type HouseOptions, PEOPLE } from './house.ts';

export type Shop = {
  kind: SinkKind;
  /** What stands in the shop now, by canonical SKU; tests change it as somebody in the shop would. */
  prices: Map<string, string>;
};

const Lines = z.array(z.looseObject({ canonical_sku: z.string(), price: z.string() }));

/** A kind of sink whose prices can be read, and change as promos are switched on. */
export function shopSink(prices: Readonly<Record<string, string>>): Shop {
  const shop: Shop = {
    prices: new Map(Object.entries(prices)),
    kind: defineSink({
      kind: 'shop',
      settings: z.strictObject({}),
      create: (_settings, { name }) => ({
        name,
        limits: { concurrency: 1, rate_per_second: null },
        idempotent: true,
        accepts: (operation) => !operation.startsWith('task.'),
        async push({ body }) {
          const { data = [] } = Lines.safeParse(body['lines']);
          for (const { canonical_sku, price } of data) shop.prices.set(canonical_sku, price);
          return { kind: 'delivered', reference: null };
        },
        reconcile: async () => ({ kind: 'absent' }),
        read: async (skus) =>
          Object.fromEntries(
            skus.flatMap((sku) => {
              const price = shop.prices.get(sku);
              return price === undefined ? [] : [[sku, { price, currency: 'EUR' }]];
            }),
          ),
        close: async () => undefined,
      }),
    }),
  };
  return shop;
}

/** Sends every promo and live publish to one shop that can be read, called `shopify`. */
export function withShop({ kind }: Shop): HouseOptions {
  return {
    sinkKinds: [kind],
    configure(file: ConfigFile) {
      file.sinks = { shopify: { kind: 'shop', secret_env: 'OMS_SECRET', settings: {} } } as never;
      for (const policy of Object.values(file.policies))
        if ('routes' in policy) policy['routes'] = ['shopify'];
    },
  };
}

/** Marks it ready and has marketing and operations accept what comes of it, until it is live. */
export async function goLive(house: House, id: string, by: string): Promise<void> {
  const { campaigns, flow } = house.meshline;
  await campaigns.ready(id, by, 1);
  const desk = createDesk(flow, () => Promise.reject(new Error('Nobody clicks here.')));
  for (let turn = 0; turn < 500; turn += 1) {
    const campaign = await flow.ledger.campaign(id);
    if (campaign?.status === 'live') return;
    const entry = campaign?.exports.findLast((each) => each.status === 'pending');
    for (const person of entry ? [PEOPLE.daniel.guid, PEOPLE.hannah.guid] : []) {
      await desk.accept(entry?.export_id ?? '', person, 1, false);
    }
    await new Promise((resolve) => house.clock.after(20, () => resolve(null)));
  }
  throw new Error(`${id} did not go live.`);
}
