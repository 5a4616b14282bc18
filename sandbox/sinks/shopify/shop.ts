export type Variant = {
  id: string;
  product: string;
  item: string;
  sku: string;
  /** What tells it from the product's other variants; null where nothing does. */
  name: string | null;
  price: string;
  compareAtPrice: string | null;
  weight: { value: number; unit: string } | null;
  sides: Record<string, string>;
  stock: Record<string, number>;
};

export type Product = {
  id: string;
  handle: string;
  title: string;
  descriptionHtml: string;
  status: string;
  mark: string | null;
  bullets: string | null;
  media: { id: string; alt: string }[];
  publications: Set<string>;
};

export type Discount = {
  id: string;
  type: string;
  title: string;
  startsAt: string;
  endsAt: string | null;
};

export type Order = {
  id: string;
  name: string;
  items: { id: string; sku: string; quantity: number }[];
  returns: { id: string; name: string; notes: string[] }[];
  waiting: { id: string; location: string }[];
  fulfillments: { id: string; number: string }[];
};

/** What this shop holds, and what was done to it. */
export type Shop = {
  now: () => number;
  name: string;
  currency: string;
  development: boolean;
  scopes: string[];
  locations: { id: string; name: string; isActive: boolean }[];
  publications: { id: string; name: string }[];
  products: Product[];
  variants: Variant[];
  discounts: Discount[];
  running: number;
  orders: Order[];
  drafts: string[];
  keys: Map<string, { input: string; answer: unknown }>;
  /** A price the shop takes from nobody. */
  forbids: (price: string) => boolean;
  /** Names of mutations that had an effect, in order. */
  effects: string[];
};

export type Call = { name: string; query: string; variables: Record<string, unknown>; token: string };

/** The `data` that answers a document. */
export type Answer = (shop: Shop, call: Call) => unknown;

export function gidOf(type: string, n: number | string): string {
  return `gid://shopify/${type}/${String(n)}`;
}

export function numberOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** What an app is granted that may do all that Meshline does. */
export const SCOPES = [
  'write_products',
  'write_inventory',
  'read_locations',
  'write_discounts',
  'write_publications',
  'read_orders',
  'write_returns',
  'write_merchant_managed_fulfillment_orders',
] as const;
