import { MINUTE_MS } from '../exports/words.ts';
import { defineSink, type SinkContext } from './define.ts';
import type { Found, PushRequest, Sink } from './port.ts';
import { stoppedAs } from './shared/ending.ts';
import { probe, readValues } from './shopify/checks.ts';
import { createClient } from './shopify/client.ts';
import { contentUpdate } from './shopify/content.ts';
import { inventoryAdjust, inventorySet } from './shopify/inventory.ts';
import { labelRecord, returnOpen } from './shopify/orders.ts';
import { packagingUpdate } from './shopify/packaging.ts';
import { priceSet } from './shopify/prices.ts';
import { productPreview, productPublish } from './shopify/products.ts';
import { promoActivate, promoDeactivate } from './shopify/promo.ts';
import { rehearse } from './shopify/rehearse.ts';
import { ShopifySettings } from './shopify/settings.ts';
import type { Operation, Work } from './shopify/work.ts';

/** An attempt leaves the rest to the next one after this; with a slow last call it stays under the lease. */
const WORK_MS = MINUTE_MS / 2;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['price.set', priceSet],
  ['inventory.set', inventorySet],
  ['inventory.adjust', inventoryAdjust],
  ['promo.activate', promoActivate],
  ['promo.deactivate', promoDeactivate],
  ['product.preview', productPreview],
  ['product.publish', productPublish],
  ['content.update', contentUpdate],
  ['packaging.update', packagingUpdate],
  ['return.open', returnOpen],
  ['label.record', labelRecord],
]);

function createShopify(settings: ShopifySettings, context: SinkContext): Sink {
  const { name, clock } = context;
  const client = createClient(settings, context);
  const begin = (request: PushRequest): Work => {
    const until = clock.monotonic() + WORK_MS;
    return {
      request,
      settings,
      client,
      now: () => clock.now(),
      inTime: () => clock.monotonic() < until,
    };
  };

  return {
    name,
    limits: { concurrency: settings.concurrency, rate_per_second: null },
    idempotent: false,
    accepts: (operation) => OPERATIONS.has(operation),
    async push(request) {
      const operation = OPERATIONS.get(request.operation);
      if (!operation)
        throw new Error(`The sink was pushed "${request.operation}", which it does not accept.`);
      return await stoppedAs(
        () => operation.push(begin(request)),
        (outcome) => outcome,
      );
    },
    async reconcile(request) {
      const operation = OPERATIONS.get(request.operation);
      if (!operation) return { kind: 'unknown' };
      return await stoppedAs<Found>(
        () => operation.reconcile(begin(request)),
        () => ({ kind: 'unknown' }),
      );
    },
    read: (skus, aliases) => readValues(client, skus, aliases),
    rehearse: (request) => rehearse(client, settings, request),
    probe: () => probe(client, settings),
    close: () => client.close(),
  };
}

/** A Shopify shop, by its Admin GraphQL API. */
export const shopify = defineSink({
  kind: 'shopify',
  secret: 'token',
  settings: ShopifySettings,
  create: createShopify,
});
