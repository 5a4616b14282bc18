import { z } from 'zod';
import { Label } from '../../exports/fields.ts';
import { checkBaseUrl } from '../shared/base-url.ts';

/** Versions of the Admin API whose schema this sink's documents fit. The first is asked for unless told. */
export const API_VERSIONS = ['2026-10', '2026-07'] as const;

/** `gid://shopify/Location/1`, or the number at its end. */
const Gid = z.string().regex(/^(?:gid:\/\/shopify\/[A-Za-z]+\/)?\d{1,20}$/u, {
  error: 'An id of Shopify is "gid://shopify/Location/123" or "123".',
});

const MetafieldKey = z.string().regex(/^[A-Za-z0-9_-]{3,255}\.[A-Za-z0-9_-]{2,64}$/u, {
  error: 'A metafield is written "namespace.key", such as "custom.bullets".',
});

export const ShopifySettings = z
  .strictObject({
    /** The name before `.myshopify.com`. */
    shop: z.string().regex(/^[a-z0-9][a-z0-9-]{0,98}$/u, {
      error: 'The shop is the name before .myshopify.com, in lower case.',
    }),
    api_version: z.enum(API_VERSIONS).default(API_VERSIONS[0]),
    /** Of the app whose client secret `secret_env` holds; absent: `secret_env` holds an access token. */
    client_id: z.string().min(1).max(200).optional(),
    /** How this shop is called in `channels` and `discounts` of exports. */
    channel: Label.default('shopify'),
    /** Shopify's location by ours; a location that is not listed must have the very name in Shopify. */
    locations: z.record(Label, Gid).default({}),
    /** Where products go live: ids of publications, such as that of the online store. */
    publications: z.array(Gid).max(50).default([]),
    /** Refuse a value that is neither the former one of the export nor its new one. */
    check_previous: z.boolean().default(true),
    /** Price lists of exports that are this shop's own prices; absent: every one is. */
    price_lists: z.array(z.string().min(1).max(120)).nonempty().optional(),
    /** Descriptions of exports are plain text that is made HTML, or HTML already. */
    description: z.enum(['text', 'html']).default('text'),
    /** Where bullets and the sides of a package are kept. */
    metafields: z
      .strictObject({
        bullets: MetafieldKey.default('custom.bullets'),
        length: MetafieldKey.default('custom.length'),
        width: MetafieldKey.default('custom.width'),
        height: MetafieldKey.default('custom.height'),
      })
      .prefault({}),
    /** Returns are open at once, or wait in Shopify until somebody approves them. */
    returns: z.enum(['open', 'request']).default('open'),
    notify_customer: z.boolean().default(false),
    /** A shop without real customers: samples may be written and test orders made. */
    staging: z.boolean().default(false),
    /** For a whole call, the connection included. */
    timeout_ms: z.int().min(100).max(25_000).default(15_000),
    concurrency: z.int().min(1).max(16).default(4),
    /** Instead of `https://SHOP.myshopify.com`. */
    base_url: z.string().min(1).max(2_000).optional(),
    /** `base_url` lives on a private network: private addresses and plain http are allowed. */
    allow_private: z.boolean().default(false),
  })
  .superRefine(checkBaseUrl);
export type ShopifySettings = z.infer<typeof ShopifySettings>;

/** The id in full, whatever form it was configured in. */
export function gid(type: string, id: string): string {
  return id.startsWith('gid://') ? id : `gid://shopify/${type}/${id}`;
}
