import { z } from 'zod';
import { grams } from '../../exports/fields.ts';
import type { Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, PreviewBody } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';
import { weightIn } from './measures.ts';
import { fieldsOf } from './price-fields.ts';
import { findItems, nameOf, putVariants, readVariants } from './variants.ts';

const Product = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullish(),
  is_visible: z.boolean(),
});
type Product = z.infer<typeof Product>;
const Products = z.object({ data: z.array(Product) });
const Identified = z.object({ id: z.int() });
const Made = z.object({
  // A multi-status answer is specified as a list, a plain one as the product.
  data: z.union([Identified, z.tuple([Identified], z.unknown()).transform(([first]) => first)]),
  errors: z.looseObject({ title: z.string().optional() }).nullish(),
});

const FIELDS = 'name,description,is_visible';

/** The control panel's page of a product, where a hidden one can be looked at. */
const previewUrl = (shop: Shop, id: number) =>
  `https://store-${shop.settings.store_hash}.mybigcommerce.com/manage/products/edit/${String(id)}`;

/** No price field may be null when a product is made. */
const filled = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, one]) => one !== null));

function productOf(shop: Shop, body: PreviewBody, aliases: PushRequest['aliases']) {
  const { was_price, weight_unit, categories } = shop.settings;
  const priced = (variant: PreviewBody['variants'][number]) =>
    filled(fieldsOf({ ...variant, previous: null }, was_price));
  const [first] = body.variants;
  if (!first) throw new Error('A product has no variant although its form asks for one.');
  const weight = (variant: PreviewBody['variants'][number]) =>
    variant.weight === null ? 0 : weightIn(grams(variant.weight), weight_unit);
  const codes = ({ gtin }: { gtin: string | null }) => (gtin === null ? {} : { gtin });
  const variants = body.variants.map((variant) => ({
    sku: nameOf(variant, aliases),
    ...priced(variant),
    ...codes(variant),
    ...(variant.weight === null ? {} : { weight: weight(variant) }),
    option_values: variant.options.map((label, index) => ({
      option_display_name: body.options[index]?.name ?? '',
      label,
    })),
  }));
  return {
    name: body.title,
    type: 'physical',
    description: body.description,
    brand_name: body.vendor,
    search_keywords: body.tags.join(','),
    weight: weight(first),
    ...priced(first),
    categories,
    is_visible: false,
    custom_url: { url: `/${body.handle}/`, is_customized: true },
    images: body.images.map(({ url, alt }, index) => ({
      image_url: url,
      description: alt,
      is_thumbnail: index === 0,
      sort_order: index,
    })),
    ...(body.options.length === 0 ? { sku: nameOf(first, aliases), ...codes(first) } : { variants }),
  };
}

/** The product that holds these SKUs or this name. Ends the attempt when they belong to several, or it is live. */
async function existing(shop: Shop, request: PushRequest, body: PreviewBody): Promise<Product | null> {
  const { items } = await findItems(shop, body.variants, request.aliases);
  const ids = [...new Set([...items.values()].map((item) => item.product_id))];
  const asked = { include_fields: FIELDS, limit: 250 };
  const { data } = await shop.get(
    '/v3/catalog/products',
    ids.length > 0 ? { ...asked, 'id:in': ids.join(',') } : { ...asked, name: body.title },
    Products,
  );
  const found = ids.length > 0 ? data : data.filter((product) => product.name === body.title);
  const [product, ...others] = found;
  if (!product) return null;
  const problem =
    others.length > 0
      ? 'Its SKUs or its title belong to several products at BigCommerce.'
      : product.is_visible
        ? `Product ${product.id} at BigCommerce has its SKUs or its title already, and is live.`
        : ids.length === 0
          ? `Product ${product.id} at BigCommerce has its title already, but none of its SKUs.`
          : null;
  if (problem !== null) throw new Stopped(failed('resource_state_conflict', problem));
  return product;
}

const Variant = z.object({
  id: z.int(),
  price: z.number().nullish(),
  sale_price: z.number().nullish(),
  retail_price: z.number().nullish(),
});

/** Brings a preview of an earlier revision to the words and prices of this one. */
async function renew(
  shop: Shop,
  request: PushRequest,
  body: PreviewBody,
  product: Product,
): Promise<SinkOutcome | null> {
  if (product.name !== body.title || product.description !== body.description) {
    const fields = { id: product.id, name: body.title, description: body.description };
    const written = await shop.write('PUT', '/v3/catalog/products', [fields], z.unknown());
    if (!written.ok) return failedBy(written.refusal);
  }
  const { items, missing } = await findItems(shop, body.variants, request.aliases);
  if (missing.length > 0) {
    const message = `The preview at BigCommerce lacks SKU ${missing[0] ?? ''}. Delete the preview at the shop, then send it again.`;
    return failed('resource_state_conflict', message, { skus: missing });
  }
  const held = await readVariants(shop, items.values(), 'price,sale_price,retail_price', Variant);
  const steps = body.variants.flatMap((variant) => {
    const item = items.get(variant.canonical_sku);
    const fields = fieldsOf({ ...variant, previous: null }, shop.settings.was_price);
    const now = item && held.get(item.variant_id);
    const same = now?.price === fields.price && (now.sale_price ?? 0) === (fields.sale_price ?? 0);
    return item && !same ? [{ item, fields }] : [];
  });
  for (let from = 0; from < steps.length; from += 50) {
    const [refused] = (await putVariants(shop, steps.slice(from, from + 50))).values();
    if (refused) return failed(refused.code, refused.message);
  }
  return null;
}

/** Makes a hidden product, or brings the one it has made before to these values. */
export async function previewProduct(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const body = bodyOf(request, PreviewBody);
  if (body.currency !== shop.settings.currency) {
    const message = `The catalogue holds prices in ${shop.settings.currency}, not in ${body.currency}.`;
    return failed('currency_invalid', message);
  }
  const product = await existing(shop, request, body);
  if (product) {
    const refused = await renew(shop, request, body, product);
    return refused ?? staged(shop, product.id);
  }
  const written = await shop.write(
    'POST',
    '/v3/catalog/products',
    productOf(shop, body, request.aliases),
    Made,
  );
  if (!written.ok) {
    const { refusal } = written;
    // Somebody has made one with this name, SKU or web address.
    if (refusal.code === 'conflicting_write')
      return failed('resource_state_conflict', refusal.message, { http_status: refusal.status });
    return failedBy(refusal);
  }
  const { data, errors } = written.value;
  if (written.status !== 207) return staged(shop, data.id);
  const message = `Product ${data.id} was made, but not all of it: ${errors?.title ?? 'BigCommerce does not say what is missing'}.`;
  return failed('partial_failure', message, { reference: data.id, http_status: 207 });
}

function staged(shop: Shop, id: number): Extract<SinkOutcome, { kind: 'delivered' }> {
  return { kind: 'delivered', reference: String(id), facts: { preview_url: previewUrl(shop, id) } };
}

/** Whether the hidden product is there with all its SKUs. */
export async function findPreview(shop: Shop, request: PushRequest): Promise<Found> {
  const body = bodyOf(request, PreviewBody);
  const product = await existing(shop, request, body);
  if (!product || product.name !== body.title) return { kind: 'absent' };
  const { missing } = await findItems(shop, body.variants, request.aliases);
  return missing.length === 0 ? staged(shop, product.id) : { kind: 'absent' };
}
