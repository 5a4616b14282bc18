import { discountById, productNode } from './reads.ts';
import { type Answer, type Call, gidOf, numberOf, type Product, type Shop, type Variant } from './shop.ts';

type Errors = { code?: string; message: string; field: string[] | null }[];
type Input = Record<string, never>;

const NONE: Errors = [];

const iso = (ms: number) => new Date(ms).toISOString();

function list(variables: Record<string, unknown>, name: string): Input[] {
  return variables[name] as Input[];
}

function switched(starting: boolean): Answer {
  return (shop, { name, variables }) => {
    const discount = discountById(shop, variables['id']);
    if (!discount)
      return { result: { node: null, userErrors: [{ code: 'INVALID', message: 'No.', field: null }] } };
    if (starting) {
      discount.startsAt = iso(shop.now());
      if (discount.endsAt !== null && Date.parse(discount.endsAt) <= shop.now()) discount.endsAt = null;
    } else discount.endsAt = iso(shop.now());
    shop.effects.push(name);
    return { result: { node: { id: discount.id }, userErrors: NONE } };
  };
}

/** Stock moves once for a key; the same key with another input is refused. */
function keyed(change: (shop: Shop, input: Input) => Errors): Answer {
  return (shop, { name, variables }) => {
    const key = String(variables['key']);
    const input = JSON.stringify(variables['input']);
    const known = shop.keys.get(key);
    if (known && known.input !== input) {
      const mismatch = { code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH', message: 'Another input.', field: null };
      return { result: { inventoryAdjustmentGroup: null, userErrors: [mismatch] } };
    }
    if (known) return known.answer;
    const userErrors = change(shop, variables['input'] as Input);
    if (userErrors.length === 0) shop.effects.push(name);
    const group =
      userErrors.length === 0 ? { id: gidOf('InventoryAdjustmentGroup', shop.keys.size + 1) } : null;
    const answer = { result: { inventoryAdjustmentGroup: group, userErrors } };
    shop.keys.set(key, { input, answer });
    return answer;
  };
}

function moveStock(amount: 'delta' | 'quantity', entries: string) {
  return (shop: Shop, input: Input): Errors => {
    const all = input[entries] as unknown as Record<string, never>[];
    for (const entry of all) {
      if (!('changeFromQuantity' in entry)) return [{ code: 'INVALID', message: 'Missing.', field: null }];
      const from = entry['changeFromQuantity'] as number | null;
      const variant = shop.variants.find((each) => each.item === entry['inventoryItemId']);
      const level = variant?.stock[String(entry['locationId'])];
      if (from !== null && from !== level)
        return [{ code: 'CHANGE_FROM_QUANTITY_STALE', message: 'The quantity has changed.', field: null }];
    }
    for (const entry of all) {
      const variant = shop.variants.find((each) => each.item === entry['inventoryItemId']);
      const place = String(entry['locationId']);
      if (!variant) continue;
      const n = Number(entry[amount]);
      variant.stock[place] = amount === 'delta' ? (variant.stock[place] ?? 0) + n : n;
    }
    return NONE;
  };
}

/** Prices that the shop takes from nobody, as Shopify says it. */
export function forbidden(line: number) {
  const message = 'A rule of this shop forbids the price.';
  const field = ['variants', String(line), 'price'];
  return {
    result: { productVariants: null, userErrors: [{ code: 'NEGATIVE_PRICE_VALUE', message, field }] },
  };
}

/** The first product staged is number 900, so that it is told from those the shop began with. */
const FIRST_STAGED = 900;

type Staged = {
  sku: string;
  price: string;
  compareAtPrice: string | null;
  optionValues?: { name: string }[];
};

/** A draft with its variants; a product of the same handle is made anew under its own id. */
function stage(shop: Shop, { name, variables }: Call): unknown {
  const input = variables['input'] as Record<string, never>;
  const metafields = input['metafields'] as unknown as { value: string }[];
  const handle = String(variables['handle']);
  const there = shop.products.find((each) => each.handle === handle);
  const staged = shop.products.filter(({ id }) => Number(numberOf(id)) >= FIRST_STAGED).length;
  const product: Product = {
    id: there?.id ?? gidOf('Product', FIRST_STAGED + staged),
    handle,
    title: String(input['title']),
    descriptionHtml: String(input['descriptionHtml']),
    status: String(input['status']),
    mark: metafields[0]?.value ?? null,
    bullets: null,
    media: [],
    publications: new Set(),
  };
  const first = shop.variants.length + 1;
  const variants = ((input['variants'] ?? []) as Staged[]).map(
    (each, n): Variant => ({
      id: gidOf('ProductVariant', FIRST_STAGED + first + n),
      product: product.id,
      item: gidOf('InventoryItem', FIRST_STAGED + first + n),
      sku: each.sku,
      name: each.optionValues?.map(({ name }) => name).join(', ') ?? null,
      price: each.price,
      compareAtPrice: each.compareAtPrice,
      weight: null,
      sides: {},
      stock: {},
    }),
  );
  shop.products = [...shop.products.filter((each) => each.handle !== handle), product];
  shop.variants = [...shop.variants.filter((each) => each.product !== product.id), ...variants];
  shop.effects.push(name);
  const { mark: _, ...shown } = productNode(product);
  return { result: { product: shown, userErrors: NONE } };
}

/** The `data` of each mutation, which changes what the shop holds. */
export const CHANGES: Readonly<Record<string, Answer>> = {
  SetPrices: (shop, { name, variables }) => {
    const changes = list(variables, 'variants');
    const bad = changes.findIndex((each) => shop.forbids(String(each['price'])));
    if (bad >= 0) return forbidden(bad);
    for (const change of changes) {
      const variant = shop.variants.find((each) => each.id === change['id']);
      if (!variant) continue;
      variant.price = change['price'] as unknown as string;
      if ('compareAtPrice' in change) variant.compareAtPrice = change['compareAtPrice'] as string | null;
    }
    shop.effects.push(name);
    const productVariants = shop.variants
      .filter((variant) => changes.some((each) => each['id'] === variant.id))
      .map(({ id, price, compareAtPrice }) => ({ id, price, compareAtPrice }));
    return { result: { productVariants, userErrors: NONE } };
  },
  SetStock: keyed(moveStock('quantity', 'quantities')),
  MoveStock: keyed(moveStock('delta', 'changes')),
  StartAutomatic: switched(true),
  StopAutomatic: switched(false),
  StartCode: switched(true),
  StopCode: switched(false),
  StageProduct: stage,
  ChangeProduct: (shop, { name, variables }) => {
    const change = variables['product'] as Record<string, string>;
    const product = shop.products.find((each) => each.id === change['id']);
    if (!product) return { result: { product: null, userErrors: [{ message: 'No product.', field: null }] } };
    product.title = change['title'] ?? product.title;
    product.descriptionHtml = change['descriptionHtml'] ?? product.descriptionHtml;
    product.status = change['status'] ?? product.status;
    for (const media of (variables['media'] ?? []) as { alt: string }[])
      product.media.push({ id: gidOf('MediaImage', 500 + product.media.length), alt: media.alt });
    shop.effects.push(name);
    return { result: { product: { id: product.id, status: product.status }, userErrors: NONE } };
  },
  PublishProduct: (shop, { name, variables }) => {
    const product = shop.products.find((each) => each.id === variables['id']);
    for (const each of list(variables, 'input')) product?.publications.add(String(each['publicationId']));
    shop.effects.push(name);
    return { result: { userErrors: NONE } };
  },
  DetachMedia: (shop, { name, variables }) => {
    const ids = new Set(list(variables, 'files').map((file) => String(file['id'])));
    for (const product of shop.products) product.media = product.media.filter((media) => !ids.has(media.id));
    shop.effects.push(name);
    return { result: { files: [...ids].map((id) => ({ id })), userErrors: NONE } };
  },
  SetWeight: (shop, { name, variables }) => {
    const variant = shop.variants.find((each) => each.item === variables['id']);
    const input = variables['input'] as { measurement: { weight: { value: number; unit: string } } };
    if (variant) variant.weight = input.measurement.weight;
    shop.effects.push(name);
    return { result: { inventoryItem: { id: String(variables['id']) }, userErrors: NONE } };
  },
  SetMetafields: (shop, { name, variables }) => {
    const fields = list(variables, 'metafields') as unknown as Record<string, string | null>[];
    for (const field of fields) {
      const variant = shop.variants.find((each) => each.id === field['ownerId']);
      const product = shop.products.find((each) => each.id === field['ownerId']);
      const now = variant ? (variant.sides[field['key'] ?? ''] ?? null) : (product?.bullets ?? null);
      const digest = now === null ? null : `digest-${now}`;
      if (digest !== field['compareDigest'])
        return {
          result: { metafields: [], userErrors: [{ code: 'STALE_OBJECT', message: 'Stale.', field: null }] },
        };
    }
    for (const field of fields) {
      const variant = shop.variants.find((each) => each.id === field['ownerId']);
      const product = shop.products.find((each) => each.id === field['ownerId']);
      if (variant) variant.sides[field['key'] ?? ''] = field['value'] ?? '';
      else if (product) product.bullets = field['value'] ?? null;
    }
    shop.effects.push(name);
    return {
      result: { metafields: fields.map((_, n) => ({ id: gidOf('Metafield', n + 1) })), userErrors: NONE },
    };
  },
  OpenReturn: (shop, { name, variables }) => openReturn(shop, name, variables, 'returnReasonNote'),
  RequestReturn: (shop, { name, variables }) => openReturn(shop, name, variables, 'customerNote'),
  ShipOrder: (shop, { name, variables }) => {
    const fulfillment = variables['fulfillment'] as {
      lineItemsByFulfillmentOrder: { fulfillmentOrderId: string }[];
      trackingInfo: { number: string };
    };
    const ids = new Set(fulfillment.lineItemsByFulfillmentOrder.map((each) => each.fulfillmentOrderId));
    const order = shop.orders.find((each) => each.waiting.some(({ id }) => ids.has(id)));
    if (!order) return { result: { fulfillment: null, userErrors: [{ message: 'Closed.', field: null }] } };
    order.waiting = order.waiting.filter(({ id }) => !ids.has(id));
    const made = { id: gidOf('Fulfillment', 70), number: fulfillment.trackingInfo.number };
    order.fulfillments.push(made);
    shop.effects.push(name);
    return { result: { fulfillment: { id: made.id }, userErrors: NONE } };
  },
  MakeDraftOrder: (shop, { name }) => {
    const id = gidOf('DraftOrder', 80);
    shop.drafts.push(id);
    shop.effects.push(name);
    return { result: { draftOrder: { id }, userErrors: NONE } };
  },
  DropDraftOrder: (shop, { name, variables }) => {
    shop.drafts = shop.drafts.filter((id) => id !== variables['id']);
    shop.effects.push(name);
    return { result: { deletedId: String(variables['id']), userErrors: NONE } };
  },
};

function openReturn(shop: Shop, name: string, variables: Record<string, unknown>, note: string) {
  const input = variables['input'] as { orderId: string; returnLineItems: Record<string, never>[] };
  const order = shop.orders.find((each) => each.id === input.orderId);
  for (const part of input.returnLineItems) {
    const item = order?.items.find((each) => each.id === part['fulfillmentLineItemId']);
    if (item) item.quantity -= Number(part['quantity']);
  }
  const made = { id: gidOf('Return', 60 + (order?.returns.length ?? 0)), name: `${order?.name ?? ''}-R1` };
  order?.returns.push({ ...made, notes: input.returnLineItems.map((part) => String(part[note])) });
  shop.effects.push(name);
  return { result: { return: made, userErrors: NONE } };
}

/** Any of the mutations that set a schedule. */
export function schedule(shop: Shop, { name, variables }: Call): unknown {
  const discount = discountById(shop, variables['id']);
  const to = variables['schedule'] as { startsAt: string; endsAt: string | null };
  if (discount) Object.assign(discount, to);
  shop.effects.push(name);
  return { result: { userErrors: NONE } };
}
