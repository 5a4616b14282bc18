import {
  type Answer,
  type Discount,
  gidOf,
  numberOf,
  type Product,
  type Shop,
  type Variant,
} from './shop.ts';

const PAGE = { hasNextPage: false, endCursor: null };

function idsOf(variables: Record<string, unknown>): string[] {
  return variables['ids'] as string[];
}

export function statusOf(shop: Shop, discount: Discount): string {
  if (discount.endsAt !== null && Date.parse(discount.endsAt) <= shop.now()) return 'EXPIRED';
  return Date.parse(discount.startsAt) > shop.now() ? 'SCHEDULED' : 'ACTIVE';
}

const variantNode = (variant: Variant) => ({
  id: variant.id,
  sku: variant.sku,
  price: variant.price,
  compareAtPrice: variant.compareAtPrice,
  inventoryQuantity: Object.values(variant.stock).reduce((sum, n) => sum + n, 0),
  product: { id: variant.product },
  inventoryItem: { id: variant.item },
});

export const productNode = (product: Product) => ({
  id: product.id,
  handle: product.handle,
  status: product.status,
  onlineStorePreviewUrl: `https://acme.example/products_preview?preview_key=${product.handle}`,
  mark: product.mark === null ? null : { value: product.mark },
});

/** Names as Shopify's search takes them: any case. */
function searched(query: string): string[] {
  return [...query.matchAll(/(?:sku|name):"((?:[^"\\]|\\.)*)"/gu)].map((match) =>
    String(match[1]).replaceAll(/\\(.)/gu, '$1').toLowerCase(),
  );
}

export function discountById(shop: Shop, id: unknown): Discount | undefined {
  return shop.discounts.find((discount) => numberOf(discount.id) === numberOf(String(id)));
}

/** The `data` of each query, made from what the shop holds. */
export const READS: Readonly<Record<string, Answer>> = {
  VariantsBySku: (shop, { variables }) => {
    const names = searched(String(variables['query']));
    const nodes = shop.variants.filter((variant) => names.includes(variant.sku.toLowerCase()));
    return {
      shop: { currencyCode: shop.currency },
      productVariants: { nodes: nodes.map(variantNode), pageInfo: PAGE },
    };
  },
  PricesNow: (shop, { variables }) => ({
    nodes: idsOf(variables).map((id) => {
      const variant = shop.variants.find((each) => each.id === id);
      return variant
        ? { id: variant.id, price: variant.price, compareAtPrice: variant.compareAtPrice }
        : null;
    }),
  }),
  LevelsNow: (shop, { variables }) => ({
    nodes: idsOf(variables).map((id) => {
      const variant = shop.variants.find((each) => each.item === id);
      const level = variant?.stock[String(variables['location'])];
      const inventoryLevel = level === undefined ? null : { quantities: [{ quantity: level }] };
      return variant ? { id: variant.item, inventoryLevel } : null;
    }),
  }),
  LocationsNow: (shop) => ({ locations: { nodes: shop.locations, pageInfo: PAGE } }),
  PackagingNow: (shop, { variables }) => ({
    nodes: idsOf(variables).map((id) => {
      const variant = shop.variants.find((each) => each.id === id);
      if (!variant) return null;
      const side = (name: string) => {
        const value = variant.sides[String(variables[`${name}Key`])];
        return value === undefined ? null : { value, compareDigest: `digest-${value}` };
      };
      return {
        id: variant.id,
        inventoryItem: { id: variant.item, measurement: { weight: variant.weight } },
        length: side('length'),
        width: side('width'),
        height: side('height'),
      };
    }),
  }),
  ContentNow: (shop, { variables }) => {
    const product = shop.products.find((each) => each.id === variables['id']);
    if (!product) return { product: null };
    const { id, title, descriptionHtml, media } = product;
    const bullets =
      product.bullets === null
        ? null
        : { value: product.bullets, compareDigest: `digest-${product.bullets}` };
    return { product: { id, title, descriptionHtml, bullets, media: { nodes: media } } };
  },
  ProductByHandle: (shop, { variables }) => {
    const product = shop.products.find((each) => each.handle === variables['handle']);
    return {
      productByIdentifier: product ? productNode(product) : null,
      shop: { currencyCode: shop.currency },
    };
  },
  PublicationsOf: (shop, { variables }) => {
    const product = shop.products.find((each) => each.id === variables['id']);
    const nodes = [...(product?.publications ?? [])].map((id) => ({
      publication: { id },
      publishDate: null,
    }));
    return { product: product ? { resourcePublicationsV2: { nodes } } : null };
  },
  DiscountNow: (shop, { variables }) => {
    const discount = discountById(shop, variables['id']);
    if (!discount) return { discountNode: null, running: { count: shop.running } };
    const { type, title, startsAt, endsAt } = discount;
    const status = statusOf(shop, discount);
    return {
      discountNode: {
        id: gidOf('DiscountNode', numberOf(discount.id)),
        discount: { __typename: type, title, status, startsAt, endsAt },
      },
      running: { count: shop.running },
    };
  },
  OrdersByName: (shop, { variables }) => {
    const [name = ''] = searched(String(variables['query']));
    const nodes = shop.orders.filter((order) => order.name.toLowerCase().includes(name));
    return { orders: { nodes: nodes.map(({ id, name }) => ({ id, name })) } };
  },
  OrderById: (shop, { variables }) => {
    const order = shop.orders.find((each) => each.id === variables['id']);
    return { order: order ? { id: order.id, name: order.name } : null };
  },
  ReturnablesOf: (shop, { variables }) => {
    const order = shop.orders.find((each) => each.id === variables['order']);
    const parcels = (order?.items ?? []).map(({ id, sku, quantity }) => ({
      returnableFulfillmentLineItems: {
        nodes: [{ quantity, fulfillmentLineItem: { id, lineItem: { sku } } }],
      },
    }));
    // One parcel a page, so that reading on is part of every return.
    const place = Number(variables['after'] ?? 0);
    const hasNextPage = place + 1 < parcels.length;
    const pageInfo = { hasNextPage, endCursor: hasNextPage ? String(place + 1) : null };
    return { returnableFulfillments: { nodes: parcels.slice(place, place + 1), pageInfo } };
  },
  ReturnsOf: (shop, { variables }) => {
    const order = shop.orders.find((each) => each.id === variables['order']);
    const nodes = (order?.returns ?? []).map(({ id, name, notes }) => ({
      id,
      name,
      status: 'OPEN',
      returnLineItems: { nodes: notes.map((note) => ({ returnReasonNote: note, customerNote: null })) },
    }));
    return { order: order ? { returns: { nodes } } : null };
  },
  ShipmentsOf: (shop, { variables }) => {
    const order = shop.orders.find((each) => each.id === variables['order']);
    if (!order) return { order: null };
    return {
      order: {
        fulfillments: order.fulfillments.map(({ id, number }) => ({
          id,
          status: 'SUCCESS',
          trackingInfo: [{ number }],
        })),
        fulfillmentOrders: {
          nodes: order.waiting.map(({ id, location }) => ({
            id,
            status: 'OPEN',
            assignedLocation: { name: location, location: { id: location } },
          })),
        },
      },
    };
  },
  ShopNow: (shop) => ({
    shop: { name: shop.name, currencyCode: shop.currency, plan: { partnerDevelopment: shop.development } },
    currentAppInstallation: { accessScopes: shop.scopes.map((handle) => ({ handle })) },
  }),
  PublicationsNow: (shop) => ({ publications: { nodes: shop.publications } }),
};
