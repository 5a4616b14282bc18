import { z } from 'zod';
import { fromIso } from '../../clock.ts';

/** Everything that is asked of the Admin API. */
export const QUERIES = {
  sku: `query Sku($id: ID!) { inventoryItem(id: $id) { sku variant { displayName } } }`,
  discount: `query Discount($id: ID!) {
  discountNode(id: $id) {
    discount {
      __typename
      ... on DiscountAutomaticBasic { title startsAt endsAt customerGets { value { ...Off } } }
      ... on DiscountCodeBasic { title startsAt endsAt codes(first: 1) { nodes { code } } customerGets { value { ...Off } } }
      ... on DiscountAutomaticApp { title startsAt endsAt }
      ... on DiscountAutomaticBxgy { title startsAt endsAt }
      ... on DiscountAutomaticFreeShipping { title startsAt endsAt }
      ... on DiscountCodeApp { title startsAt endsAt }
      ... on DiscountCodeBxgy { title startsAt endsAt }
      ... on DiscountCodeFreeShipping { title startsAt endsAt }
    }
  }
}
fragment Off on DiscountCustomerGetsValue {
  ... on DiscountPercentage { percentage }
  ... on DiscountAmount { amount { amount currencyCode } }
}`,
  orders: `query Orders($changed: String!, $after: String) {
  orders(first: 8, after: $after, query: $changed, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name test cancelledAt createdAt updatedAt currencyCode requiresShipping displayFulfillmentStatus totalWeight
      shippingAddress { name company address1 address2 city provinceCode zip countryCodeV2 phone }
      lineItems(first: 100) { pageInfo { hasNextPage endCursor } nodes { sku title quantity } }
    }
  }
}`,
  lines: `query Lines($order: ID!, $after: String) {
  order(id: $order) {
    lineItems(first: 250, after: $after) { pageInfo { hasNextPage endCursor } nodes { sku title quantity } }
  }
}`,
  locations: `query Locations { locations(first: 100) { nodes { id } } }`,
  access: `query Access {
  publicApiVersions { handle supported }
  currentAppInstallation { accessScopes { handle } }
  locations(first: 100) { nodes { id } }
}`,
  levels: `query Levels($location: ID!, $changed: String!, $after: String) {
  location(id: $location) {
    inventoryLevels(first: 50, after: $after, query: $changed) {
      pageInfo { hasNextPage endCursor }
      nodes { updatedAt item { id sku variant { displayName } } quantities(names: ["available"]) { quantity } }
    }
  }
}`,
} as const;

const Text = z.string().nullish();
const Instant = z.iso.datetime({ offset: true }).transform(fromIso);
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const Variant = z.object({ displayName: z.string() }).nullish();

export const Sku = z.object({ inventoryItem: z.object({ sku: Text, variant: Variant }).nullable() });

export const Discount = z.object({
  discountNode: z
    .object({
      discount: z.object({
        title: Text,
        startsAt: Text,
        endsAt: Text,
        codes: z.object({ nodes: z.array(z.object({ code: z.string() })) }).optional(),
        customerGets: z
          .object({
            value: z.object({
              percentage: z.number().optional(),
              amount: z.object({ amount: z.string(), currencyCode: z.string() }).optional(),
            }),
          })
          .optional(),
      }),
    })
    .nullable(),
});

export const Lines = z.object({
  pageInfo: PageInfo,
  nodes: z.array(z.object({ sku: Text, title: z.string(), quantity: z.int() })),
});
export type Lines = z.infer<typeof Lines>;

export const MoreLines = z.object({ order: z.object({ lineItems: Lines }).nullable() });

export const Orders = z.object({
  orders: z.object({
    pageInfo: PageInfo,
    nodes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        test: z.boolean(),
        cancelledAt: Text,
        createdAt: Instant,
        updatedAt: Instant,
        currencyCode: z.string(),
        requiresShipping: z.boolean(),
        displayFulfillmentStatus: z.string(),
        totalWeight: z
          .union([z.string(), z.number()])
          .nullish()
          .transform((grams) => (grams ? Number(grams) : null)),
        shippingAddress: z
          .object({
            name: Text,
            company: Text,
            address1: Text,
            address2: Text,
            city: Text,
            provinceCode: Text,
            zip: Text,
            countryCodeV2: Text,
            phone: Text,
          })
          .nullish(),
        lineItems: Lines,
      }),
    ),
  }),
});
export type Order = z.infer<typeof Orders>['orders']['nodes'][number];

export const Locations = z.object({ locations: z.object({ nodes: z.array(z.object({ id: z.string() })) }) });

export const Access = z.object({
  publicApiVersions: z.array(z.object({ handle: z.string(), supported: z.boolean() })),
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
  ...Locations.shape,
});

export const Levels = z.object({
  location: z
    .object({
      inventoryLevels: z.object({
        pageInfo: PageInfo,
        nodes: z.array(
          z.object({
            updatedAt: Instant,
            item: z.object({ id: z.string(), sku: Text, variant: Variant }),
            quantities: z.array(z.object({ quantity: z.int() })),
          }),
        ),
      }),
    })
    .nullable(),
});

/** A code is a word and nothing else, because reasons name it. */
const ErrorCode = z
  .string()
  .regex(/^[A-Z][A-Z_]{0,59}$/)
  .optional()
  .catch(undefined);

export const Errors = z.array(z.object({ extensions: z.object({ code: ErrorCode }).optional() })).optional();
