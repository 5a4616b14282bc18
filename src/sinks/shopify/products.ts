import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import { Weight } from '../../exports/fields.ts';
import { MINUTE_MS } from '../../exports/words.ts';
import type { SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import { htmlOf } from './html.ts';
import { ChangeProduct, PublishProduct, StageProduct } from './mutations.ts';
import { ProductByHandle, PublicationsOf } from './queries.ts';
import { gid } from './settings.ts';
import {
  bodyOf,
  change,
  conclude,
  cursorOf,
  goOn,
  mustChange,
  type Operation,
  type Refused,
  RefusedFact,
  told,
  type Work,
} from './work.ts';

const Preview = z.object({
  handle: z.string(),
  title: z.string(),
  description: z.string(),
  vendor: z.string(),
  product_type: z.string().nullish(),
  tags: z.array(z.string()),
  currency: z.string(),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  variants: z.array(
    z.object({
      sku: z.string(),
      canonical_sku: z.string(),
      gtin: z.string().nullish(),
      price: z.string(),
      compare_at: z.string().nullish(),
      weight: Weight.nullish(),
      options: z.array(z.string()),
    }),
  ),
  images: z.array(z.object({ url: z.string(), alt: z.string() })),
});
type Preview = z.infer<typeof Preview>;

export const WEIGHT_UNITS = { g: 'GRAMS', kg: 'KILOGRAMS', oz: 'OUNCES', lb: 'POUNDS' } as const;

/** What Shopify calls the only option of a product without options. */
const NO_OPTIONS = [{ name: 'Title', values: ['Default Title'] }];

function inputOf(work: Work, body: Preview): { [field: string]: Json } {
  const options = body.options.length === 0 ? NO_OPTIONS : body.options;
  const { aliases } = work.request;
  return {
    handle: body.handle,
    title: body.title,
    descriptionHtml: htmlOf(body.description, work.settings.description),
    vendor: body.vendor,
    productType: body.product_type ?? '',
    tags: body.tags,
    status: 'DRAFT',
    productOptions: options.map(({ name, values }) => ({
      name,
      values: values.map((value) => ({ name: value })),
    })),
    variants: body.variants.map((variant) => ({
      sku: aliases[variant.canonical_sku] ?? variant.sku,
      ...(variant.gtin ? { barcode: variant.gtin } : {}),
      price: variant.price,
      compareAtPrice: variant.compare_at ?? null,
      inventoryItem: {
        tracked: true,
        ...(variant.weight
          ? {
              measurement: {
                weight: { value: Number(variant.weight.value), unit: WEIGHT_UNITS[variant.weight.unit] },
              },
            }
          : {}),
      },
      optionValues: options.map(({ name, values }, place) => ({
        optionName: name,
        name: variant.options[place] ?? values[0] ?? '',
      })),
    })),
    files: body.images.map(({ url, alt }) => ({ originalSource: url, alt, contentType: 'IMAGE' })),
    // By it a preview of ours is told from a product of somebody else, and from an older preview.
    metafields: [
      {
        namespace: 'meshline',
        key: 'preview',
        type: 'single_line_text_field',
        value: work.request.key,
      },
    ],
  };
}

function staged(id: string, preview_url: string | null): Extract<SinkOutcome, { kind: 'delivered' }> {
  return { kind: 'delivered', reference: id, facts: { preview_url, product_id: id } };
}

/** Makes or remakes a draft that shoppers cannot see. */
export const productPreview: Operation = {
  async push(work) {
    const { client, request } = work;
    const body = bodyOf(Preview, request);
    const { productByIdentifier: there, shop } = await client.ask(ProductByHandle, { handle: body.handle });
    if (shop.currencyCode !== body.currency) {
      const message = `The export is in ${body.currency}, and the shop sells in ${shop.currencyCode}.`;
      return failed('currency_invalid', message);
    }
    if (there && (there.status !== 'DRAFT' || there.mark === null)) {
      const message = `Shopify has a product "${body.handle}" already that is no preview of ours. Choose another handle.`;
      return failed('resource_state_conflict', message, { product_id: there.id });
    }
    if (there?.mark?.value === request.key) return staged(there.id, there.onlineStorePreviewUrl);
    const { product } = await mustChange(
      client,
      StageProduct,
      { handle: body.handle, input: inputOf(work, body) },
      'product',
    );
    if (!product) return { kind: 'unknown', cause: 'Shopify did not say which product it made.' };
    return staged(product.id, product.onlineStorePreviewUrl);
  },
  async reconcile({ client, request }) {
    const { handle } = bodyOf(Preview, request);
    const { productByIdentifier: there } = await client.ask(ProductByHandle, { handle });
    return there?.mark?.value === request.key
      ? staged(there.id, there.onlineStorePreviewUrl)
      : { kind: 'absent' };
  },
};

const Publish = z.object({
  products: z.array(z.object({ handle: z.string(), skus: z.array(z.string()) })),
  publish_at: z.string().nullish(),
});

const Known = z.object({ id: z.string(), status: z.string() });

async function findProducts(work: Work, handles: readonly string[]): Promise<SinkOutcome> {
  const { at } = cursorOf(work.request);
  const products: { [handle: string]: Json } = {};
  const missing: { [handle: string]: Json } = told(work.request, 'missing', z.string());
  for (let place = at; place < handles.length; place += 1) {
    if (place > at && !work.inTime()) return goOn({ phase: 'read', at: place }, { products, missing });
    const handle = handles[place] ?? '';
    const { productByIdentifier: found } = await work.client.ask(ProductByHandle, { handle });
    if (found) products[handle] = { id: found.id, status: found.status };
    else missing[handle] = 'none';
  }
  const gone = Object.keys(missing);
  if (gone.length > 0) {
    const message = `Shopify has no product ${gone.slice(0, 5).join(', ')}. Stage it again.`;
    return failed('preview_missing', message, { handles: gone });
  }
  return goOn({ phase: 'write', at: 0 }, { products });
}

/** Publications of the settings where the product is not yet. */
async function unpublished(work: Work, id: string): Promise<readonly string[]> {
  const { product } = await work.client.ask(PublicationsOf, { id });
  const there = new Set(product?.resourcePublicationsV2.nodes.map(({ publication }) => publication.id));
  return work.settings.publications
    .map((each) => gid('Publication', each))
    .filter((each) => !there.has(each));
}

/** Active first: an active product is seen nowhere until it is published. */
async function goLive(
  work: Work,
  handle: string,
  id: string,
  publishAt: string | null,
): Promise<Refused | null> {
  const { client } = work;
  const { productByIdentifier: now } = await client.ask(ProductByHandle, { handle });
  if (now?.status !== 'ACTIVE') {
    const active = await change(client, ChangeProduct, { product: { id, status: 'ACTIVE' } }, 'product');
    if (!active.ok) return { sku: handle, code: active.code, message: active.message };
  }
  const due = await unpublished(work, id);
  if (due.length === 0) return null;
  const later = publishAt !== null && fromIso(publishAt) > work.now() + MINUTE_MS;
  const input = due.map((publicationId) =>
    later ? { publicationId, publishDate: publishAt } : { publicationId },
  );
  const published = await change(client, PublishProduct, { id, input }, 'product');
  return published.ok ? null : { sku: handle, code: published.code, message: published.message };
}

/** Makes products active, then publishes them where the settings say. */
export const productPublish: Operation = {
  async push(work) {
    const { request, settings } = work;
    const { products, publish_at } = bodyOf(Publish, request);
    if (settings.publications.length === 0)
      return failed('unsupported_capability', 'This sink names no publications, so nothing can go live.');
    const handles = products.map(({ handle }) => handle);
    const { phase, at } = cursorOf(request);
    if (phase === 'read') return findProducts(work, handles);
    const known = told(request, 'products', Known);
    const refused = new Map(
      Object.entries(told(request, 'refused', RefusedFact)).map(([sku, why]) => [sku, { sku, ...why }]),
    );
    for (let place = at; place < handles.length; place += 1) {
      const facts = { refused: Object.fromEntries(refused) };
      if (place > at && !work.inTime()) return goOn({ phase: 'write', at: place }, facts);
      const handle = handles[place] ?? '';
      const why = await goLive(work, handle, known[handle]?.id ?? '', publish_at ?? null);
      if (why) refused.set(handle, why);
    }
    const [only] = handles;
    const reference = handles.length === 1 && only !== undefined ? (known[only]?.id ?? null) : null;
    return conclude([...refused.values()], handles.length, { kind: 'delivered', reference });
  },
  async reconcile(work) {
    if (cursorOf(work.request).phase === 'read') return { kind: 'absent' };
    const { products } = bodyOf(Publish, work.request);
    for (const { handle } of products) {
      const { productByIdentifier: now } = await work.client.ask(ProductByHandle, { handle });
      if (now?.status !== 'ACTIVE' || (await unpublished(work, now.id)).length > 0) return { kind: 'absent' };
    }
    return { kind: 'delivered', reference: null };
  },
};
