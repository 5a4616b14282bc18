import { z } from 'zod';
import { Label } from '../../exports/fields.ts';
import { Currency } from '../../exports/money.ts';
import { checkBaseUrl } from '../shared/base-url.ts';

const Id = z.int().positive();

export const BigCommerceSettings = z
  .strictObject({
    /** The part after `stores/` in the API path of the store. */
    store_hash: z.string().regex(/^[a-z0-9]{4,40}$/u, 'A store hash has small letters and digits.'),
    /** How exports call this shop in `channels` and `discounts`. */
    channel: Label.default('bigcommerce'),
    /** The store's own currency, in which the catalogue holds its prices. */
    currency: Currency,
    /** A price list that takes every price, by its id at the shop; absent: the catalogue takes them. */
    price_list: Id.optional(),
    /** Price lists of exports to price lists of the shop; `catalogue` for the catalogue. */
    price_lists: z.record(z.string().min(1), z.union([Id, z.literal('catalogue')])).default({}),
    /** Where a "was" price goes: a sale shows it struck through, a retail price shows it as MSRP. */
    was_price: z.enum(['sale', 'retail_price']).default('sale'),
    /** Refuse a price or stock that has changed at the shop since the sender read it. */
    check_previous: z.boolean().default(true),
    /** Locations of exports to location ids of the shop. */
    locations: z.record(Label, Id).default({}),
    /** The channels of the shop (storefronts) that a published product is assigned to. */
    channel_ids: z.array(Id).nonempty().default([1]),
    /** Categories of a staged product. */
    categories: z.array(Id).default([]),
    /** Units that the store is set to in its control panel. */
    weight_unit: z.enum(['g', 'kg', 'oz', 'lb']).default('kg'),
    length_unit: z.enum(['cm', 'in']).default('cm'),
    /** The order status that an order without a label is moved to; absent: its status stays. */
    label_pending_status: z.int().min(0).max(14).optional(),
    /** It is a staging store, so that samples may be written to it. */
    staging: z.boolean().default(false),
    /** For one call, the connection included. */
    timeout_ms: z.int().min(100).max(25_000).default(15_000),
    concurrency: z.int().min(1).max(16).default(2),
    /** Another origin than BigCommerce's own, for tests and demos. */
    base_url: z.string().min(1).max(2_000).default('https://api.bigcommerce.com'),
    /** The origin lives on a private network. */
    allow_private: z.boolean().default(false),
  })
  .superRefine(checkBaseUrl);
export type BigCommerceSettings = z.infer<typeof BigCommerceSettings>;
