import { z } from 'zod';
import { defineSource } from '../define.ts';
import { NOTHING, type Understood } from '../facts.ts';
import { checkAddress, PlatformSettings, under } from '../platform.ts';
import { verifyStandard, wrongIn } from '../standard.ts';
import { follow, ordersOf, Pointer, type Store } from './bigcommerce-api.ts';
import { probeBigCommerce } from './probes.ts';

/** "Awaiting shipment" and "Awaiting fulfillment": paid, and nothing sent yet. */
const PLACED = [9, 11];

export const BigCommerceSettings = z.strictObject({
  store_hash: z
    .string()
    .regex(/^[a-z0-9]{3,30}$/, 'This is the store hash, as in store-HASH.mybigcommerce.com.'),
  placed_status_ids: z
    .array(z.int().min(0).max(100))
    .min(1)
    .default(PLACED)
    .describe('Ids of the order statuses that count as placed.'),
  weight_unit: z
    .enum(['g', 'kg', 'oz', 'lb'])
    .optional()
    .describe('Unit of the store’s weights; without it a label request says none.'),
  ...PlatformSettings,
});

const Webhook = z.object({
  scope: z.string().min(1).max(200),
  producer: z.string(),
  created_at: z.int().min(0).max(1e11),
  data: z.record(z.string(), z.json()),
});

const Id = z.union([z.int(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const OrderData = z.object({ id: Id, status: z.object({ new_status_id: z.int() }).optional() });
const StockData = z.object({
  id: Id,
  inventory: z.object({
    product_id: Id,
    variant_id: Id.optional(),
    method: z.string(),
    value: z.number(),
  }),
});

const STOCK = /^store\/(?:product|sku)\/inventory\/(?:order\/)?updated$/;

/** Bodies name what changed, and the rest has to be asked for. */
function read(topic: string, data: unknown, at: number, placed: readonly number[]): Understood {
  if (topic === 'store/order/created' || topic === 'store/order/statusUpdated') {
    const order = OrderData.safeParse(data);
    if (!order.success) return wrongIn(order.error);
    const status = order.data.status?.new_status_id;
    if (status !== undefined && !placed.includes(status)) return NOTHING;
    const pointer: Pointer = { ask: 'order', order: order.data.id, at };
    return { kind: 'pointer', about: { what: 'order_placed', quantity: null }, pointer };
  }
  if (!STOCK.test(topic)) return NOTHING;
  const stock = StockData.safeParse(data);
  if (!stock.success) return wrongIn(stock.error);
  const { product_id, variant_id, method, value } = stock.data.inventory;
  const quantity = method === 'absolute' && Number.isInteger(value) ? value : null;
  const pointer: Pointer = { ask: 'stock', product: product_id, variant: variant_id ?? null, quantity, at };
  return { kind: 'pointer', about: { what: 'inventory_below', quantity }, pointer };
}

/** A store at BigCommerce: thin webhooks, and its REST API for what they point at or miss. */
export const bigcommerce = defineSource({
  kind: 'bigcommerce',
  secret: 'other',
  reconciles: true,
  settings: BigCommerceSettings,
  naming: ({ channels, locations }) => ({ channels: channels ?? ['bigcommerce'], locations }),
  check: ({ api_url, allow_private }) => checkAddress('api_url', api_url, allow_private),
  create(settings, context) {
    const { store_hash, api_url, allow_private, timeout_ms, placed_status_ids, weight_unit } = settings;
    const http = context.http({
      allow_private,
      timeout_ms,
      concurrency: 2,
      longest_answer_bytes: 1024 * 1024,
    });
    const keys = context.secrets.map((secret) => Buffer.from(secret, 'utf8'));
    const token = context.api_token;
    const store: Store | null =
      token === null
        ? null
        : {
            http,
            base: under(api_url ?? 'https://api.bigcommerce.com', `stores/${store_hash}/`).href,
            token,
            now: () => context.clock.now(),
            placed: placed_status_ids,
            weight_unit: weight_unit ?? null,
          };
    return {
      verify: async (headers, body) => verifyStandard(headers, body, keys, context.clock.now()),
      open(_claim, body) {
        const parsed = Webhook.safeParse(body);
        if (!parsed.success) return { wrong: wrongIn(parsed.error).reason };
        const { scope, producer, created_at } = parsed.data;
        if (producer !== `stores/${store_hash}`) {
          return {
            wrong: `This webhook is of ${producer}, and the source is set up for stores/${store_hash}.`,
          };
        }
        return { topic: scope, at: created_at * 1000 };
      },
      read: ({ topic, at }, body) => read(topic, body['data'], at, placed_status_ids),
      async fetch(pointer) {
        if (!store)
          return { kind: 'failed', reason: 'There is no API token to ask with: set api_token_env.' };
        return follow(store, Pointer.parse(pointer));
      },
      streams: store ? [ordersOf(store)] : [],
      ...(store ? { probe: () => probeBigCommerce(store) } : {}),
      close: () => http.close(),
    };
  },
});
