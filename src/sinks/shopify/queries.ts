import { z } from 'zod';
import { query } from './document.ts';

const Page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Nodes = <Schema extends z.ZodType>(node: Schema) => z.object({ nodes: z.array(node) });
/** `nodes(ids:)` gives null for what is gone and an empty object for what is of another type. */
const Found = <Schema extends z.ZodType>(node: Schema) =>
  z.object({ nodes: z.array(z.union([node, z.null(), z.object({})])) });

const Variant = z.object({
  id: z.string(),
  sku: z.string().nullable(),
  price: z.string(),
  compareAtPrice: z.string().nullable(),
  inventoryQuantity: z.number().nullable(),
  product: z.object({ id: z.string() }),
  inventoryItem: z.object({ id: z.string() }),
});
export type VariantNode = z.infer<typeof Variant>;

export const VariantsBySku = query(
  'VariantsBySku',
  `query VariantsBySku($query: String!, $after: String) {
    shop { currencyCode }
    productVariants(first: 100, query: $query, after: $after) {
      nodes { id sku price compareAtPrice inventoryQuantity product { id } inventoryItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  100,
  z.object({
    shop: z.object({ currencyCode: z.string() }),
    productVariants: Nodes(Variant).extend({ pageInfo: Page }),
  }),
);

const Price = z.object({ id: z.string(), price: z.string(), compareAtPrice: z.string().nullable() });

export const PricesNow = query(
  'PricesNow',
  `query PricesNow($ids: [ID!]!) {
    nodes(ids: $ids) { ... on ProductVariant { id price compareAtPrice } }
  }`,
  50,
  Found(Price),
);

const Level = z.object({
  id: z.string(),
  inventoryLevel: z.object({ quantities: z.array(z.object({ quantity: z.number() })) }).nullable(),
});

export const LevelsNow = query(
  'LevelsNow',
  `query LevelsNow($ids: [ID!]!, $location: ID!) {
    nodes(ids: $ids) {
      ... on InventoryItem {
        id
        inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
      }
    }
  }`,
  100,
  Found(Level),
);

export const LocationsNow = query(
  'LocationsNow',
  `query LocationsNow($after: String) {
    locations(first: 100, after: $after) {
      nodes { id name isActive }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  50,
  z.object({
    locations: Nodes(z.object({ id: z.string(), name: z.string(), isActive: z.boolean() })).extend({
      pageInfo: Page,
    }),
  }),
);

const DISCOUNT_TYPES = ['Basic', 'Bxgy', 'FreeShipping', 'App'] as const;
const onEach = ['Automatic', 'Code']
  .flatMap((method) => DISCOUNT_TYPES.map((type) => `Discount${method}${type}`))
  .map((type) => `... on ${type} { title status startsAt endsAt }`)
  .join('\n          ');

export const DiscountNow = query(
  'DiscountNow',
  `query DiscountNow($id: ID!) {
    discountNode(id: $id) {
      id
      discount {
        __typename
          ${onEach}
      }
    }
    running: discountNodesCount(query: "status:active AND method:automatic") { count }
  }`,
  20,
  z.object({
    discountNode: z
      .object({
        id: z.string(),
        discount: z.object({
          __typename: z.string().regex(/^Discount(?:Automatic|Code)(?:Basic|Bxgy|FreeShipping|App)$/u),
          title: z.string(),
          status: z.enum(['ACTIVE', 'EXPIRED', 'SCHEDULED']),
          startsAt: z.string(),
          endsAt: z.string().nullable(),
        }),
      })
      .nullable(),
    running: z.object({ count: z.number() }).nullable(),
  }),
);

const MARK = 'mark: metafield(namespace: "meshline", key: "preview") { value }';

const Product = z.object({
  id: z.string(),
  handle: z.string(),
  status: z.string(),
  onlineStorePreviewUrl: z.string().nullable(),
  mark: z.object({ value: z.string() }).nullable(),
});

export const ProductByHandle = query(
  'ProductByHandle',
  `query ProductByHandle($handle: String!) {
    productByIdentifier(identifier: { handle: $handle }) { id handle status onlineStorePreviewUrl ${MARK} }
    shop { currencyCode }
  }`,
  10,
  z.object({
    productByIdentifier: Product.nullable(),
    shop: z.object({ currencyCode: z.string() }),
  }),
);

export const PublicationsOf = query(
  'PublicationsOf',
  `query PublicationsOf($id: ID!) {
    product(id: $id) {
      resourcePublicationsV2(first: 100, onlyPublished: false) { nodes { publication { id } publishDate } }
    }
  }`,
  100,
  z.object({
    product: z
      .object({
        resourcePublicationsV2: Nodes(
          z.object({ publication: z.object({ id: z.string() }), publishDate: z.string().nullable() }),
        ),
      })
      .nullable(),
  }),
);

const Metafield = z.object({ value: z.string(), compareDigest: z.string() }).nullable();

export const ContentNow = query(
  'ContentNow',
  `query ContentNow($id: ID!, $namespace: String!, $key: String!) {
    product(id: $id) {
      id
      title
      descriptionHtml
      bullets: metafield(namespace: $namespace, key: $key) { value compareDigest }
      media(first: 250) { nodes { id alt } }
    }
  }`,
  100,
  z.object({
    product: z
      .object({
        id: z.string(),
        title: z.string(),
        descriptionHtml: z.string(),
        bullets: Metafield,
        media: Nodes(z.object({ id: z.string(), alt: z.string().nullable() })),
      })
      .nullable(),
  }),
);

const Packed = z.object({
  id: z.string(),
  inventoryItem: z.object({
    id: z.string(),
    measurement: z.object({ weight: z.object({ value: z.number(), unit: z.string() }).nullable() }),
  }),
  length: Metafield,
  width: Metafield,
  height: Metafield,
});

export const PackagingNow = query(
  'PackagingNow',
  `query PackagingNow(
    $ids: [ID!]!
    $lengthIn: String! $lengthKey: String! $widthIn: String! $widthKey: String! $heightIn: String! $heightKey: String!
  ) {
    nodes(ids: $ids) {
      ... on ProductVariant {
        id
        inventoryItem { id measurement { weight { value unit } } }
        length: metafield(namespace: $lengthIn, key: $lengthKey) { value compareDigest }
        width: metafield(namespace: $widthIn, key: $widthKey) { value compareDigest }
        height: metafield(namespace: $heightIn, key: $heightKey) { value compareDigest }
      }
    }
  }`,
  100,
  Found(Packed),
);

const Order = z.object({ id: z.string(), name: z.string() });

export const OrdersByName = query(
  'OrdersByName',
  `query OrdersByName($query: String!) { orders(first: 10, query: $query) { nodes { id name } } }`,
  20,
  z.object({ orders: Nodes(Order) }),
);

export const OrderById = query(
  'OrderById',
  `query OrderById($id: ID!) { order(id: $id) { id name } }`,
  5,
  z.object({ order: Order.nullable() }),
);

export const ReturnablesOf = query(
  'ReturnablesOf',
  `query ReturnablesOf($order: ID!, $after: String) {
    returnableFulfillments(orderId: $order, first: 7, after: $after) {
      nodes {
        returnableFulfillmentLineItems(first: 40) {
          nodes { quantity fulfillmentLineItem { id lineItem { sku } } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  500,
  z.object({
    returnableFulfillments: Nodes(
      z.object({
        returnableFulfillmentLineItems: Nodes(
          z.object({
            quantity: z.number(),
            fulfillmentLineItem: z.object({
              id: z.string(),
              lineItem: z.object({ sku: z.string().nullable() }),
            }),
          }),
        ),
      }),
    ).extend({ pageInfo: Page }),
  }),
);

export const ReturnsOf = query(
  'ReturnsOf',
  `query ReturnsOf($order: ID!) {
    order(id: $order) {
      returns(first: 20, reverse: true) {
        nodes { id name status returnLineItems(first: 20) { nodes { returnReasonNote customerNote } } }
      }
    }
  }`,
  200,
  z.object({
    order: z
      .object({
        returns: Nodes(
          z.object({
            id: z.string(),
            name: z.string(),
            status: z.string(),
            returnLineItems: Nodes(
              z.object({ returnReasonNote: z.string(), customerNote: z.string().nullable() }),
            ),
          }),
        ),
      })
      .nullable(),
  }),
);

export const ShipmentsOf = query(
  'ShipmentsOf',
  `query ShipmentsOf($order: ID!) {
    order(id: $order) {
      fulfillments(first: 50) { id status trackingInfo(first: 10) { number } }
      fulfillmentOrders(first: 50) {
        nodes { id status assignedLocation { name location { id } } }
      }
    }
  }`,
  200,
  z.object({
    order: z
      .object({
        fulfillments: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            trackingInfo: z.array(z.object({ number: z.string().nullable() })),
          }),
        ),
        fulfillmentOrders: Nodes(
          z.object({
            id: z.string(),
            status: z.string(),
            assignedLocation: z.object({
              name: z.string(),
              location: z.object({ id: z.string() }).nullable(),
            }),
          }),
        ),
      })
      .nullable(),
  }),
);

export const ShopNow = query(
  'ShopNow',
  `query ShopNow {
    shop { name currencyCode plan { partnerDevelopment } }
    currentAppInstallation { accessScopes { handle } }
  }`,
  10,
  z.object({
    shop: z.object({
      name: z.string(),
      currencyCode: z.string(),
      plan: z.object({ partnerDevelopment: z.boolean() }),
    }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
  }),
);

export const PublicationsNow = query(
  'PublicationsNow',
  `query PublicationsNow { publications(first: 50) { nodes { id name } } }`,
  50,
  z.object({ publications: Nodes(z.object({ id: z.string(), name: z.string() })) }),
);
