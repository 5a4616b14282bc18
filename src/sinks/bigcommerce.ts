import { bodyOf, PriceBody } from './bigcommerce/bodies.ts';
import { createClient, type Shop } from './bigcommerce/client.ts';
import { findContent, rewrite } from './bigcommerce/content.ts';
import { findStock, moveStock } from './bigcommerce/inventory.ts';
import { findPackaging, repack } from './bigcommerce/packaging.ts';
import { findPrices, priceWork, setPrices } from './bigcommerce/prices.ts';
import { probe } from './bigcommerce/probe.ts';
import { findPreview, previewProduct } from './bigcommerce/products.ts';
import { findPromo, runPromo } from './bigcommerce/promos.ts';
import { findPublished, publish } from './bigcommerce/publish.ts';
import { readPresent } from './bigcommerce/read.ts';
import { rehearse } from './bigcommerce/rehearse.ts';
import { BigCommerceSettings } from './bigcommerce/settings.ts';
import { findLabel, recordLabel } from './bigcommerce/shipments.ts';
import { defineSink, type SinkContext } from './define.ts';
import type { Found, PushRequest, Sink, SinkOutcome } from './port.ts';
import { failed, stoppedAs } from './shared/ending.ts';
import { problemOf } from './shared/problem.ts';

/** How an operation is carried out, and how its effect is looked up. */
type Operation = {
  push(shop: Shop, request: PushRequest): Promise<SinkOutcome>;
  find(shop: Shop, request: PushRequest): Promise<Found>;
};

const promo: Operation = { push: runPromo, find: findPromo };
const stock: Operation = { push: moveStock, find: findStock };

/** BigCommerce's API writes no returns, so `return.open` is not among them. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  [
    'price.set',
    {
      push: (shop, request) => setPrices(shop, request, priceWork(shop, bodyOf(request, PriceBody))),
      find: (shop, request) => findPrices(shop, request, priceWork(shop, bodyOf(request, PriceBody))),
    },
  ],
  ['inventory.set', stock],
  ['inventory.adjust', stock],
  ['promo.activate', promo],
  ['promo.deactivate', promo],
  ['product.preview', { push: previewProduct, find: findPreview }],
  ['product.publish', { push: publish, find: findPublished }],
  ['content.update', { push: rewrite, find: findContent }],
  ['packaging.update', { push: repack, find: findPackaging }],
  ['label.record', { push: recordLabel, find: findLabel }],
]);

function createBigCommerce(settings: BigCommerceSettings, context: SinkContext): Sink {
  const { name, secrets } = context;
  if (secrets.length === 0) throw new Error(`The sink "${name}" needs the token of an API account.`);
  const client = createClient(settings, context);
  return {
    name,
    limits: { concurrency: settings.concurrency, rate_per_second: null },
    // BigCommerce has no idempotency keys.
    idempotent: false,
    accepts: (operation) => OPERATIONS.has(operation),
    push(request) {
      const operation = OPERATIONS.get(request.operation);
      if (!operation) {
        const message = `BigCommerce cannot do "${request.operation}".`;
        return Promise.resolve(failed('unsupported_capability', message));
      }
      return stoppedAs(
        () => operation.push(client.attempt(), request),
        (outcome) => outcome,
      );
    },
    reconcile(request) {
      const operation = OPERATIONS.get(request.operation);
      if (!operation) return Promise.resolve({ kind: 'absent' });
      return stoppedAs(
        () => operation.find(client.attempt(), request),
        () => ({ kind: 'unknown' }),
      );
    },
    read: (skus, aliases) =>
      stoppedAs<Awaited<ReturnType<NonNullable<Sink['read']>>>>(
        () => readPresent(client.attempt(), skus, aliases),
        (outcome) => ({ problem: problemOf(outcome) ?? 'BigCommerce could not be read.' }),
      ),
    probe: () => probe(client.attempt()),
    rehearse: (request) => rehearse(client.attempt(), request),
    close: () => client.close(),
  };
}

/** A BigCommerce store, by its REST API V3 (orders and shipments by V2). */
export const bigcommerce = defineSink({
  kind: 'bigcommerce',
  secret: 'token',
  settings: BigCommerceSettings,
  create: createBigCommerce,
});
