import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { defineSource } from '../define.ts';
import { checkAddress, PlatformSettings, under } from '../platform.ts';
import { headerOf, instant, notGenuine } from '../standard.ts';
import { probeShopify } from './probes.ts';
import { follow, type Shop, streamsOf } from './shopify-api.ts';
import { Pointer, readTopic } from './shopify-events.ts';

export const ShopifySettings = z.strictObject({
  shop: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/,
      'This is the shop’s own name at Shopify, such as northwind.myshopify.com.',
    ),
  api_version: z.enum(['2026-10', '2026-07']).default('2026-10'),
  ...PlatformSettings,
});

/** Whether any secret made this signature; each is compared in constant time. */
function isSigned(body: Buffer, signature: string, secrets: readonly string[]): boolean {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return false;
  const given = Buffer.from(signature, 'base64');
  const fits = secrets.map((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(body).digest(), given),
  );
  return fits.includes(true);
}

/** A shop at Shopify: its webhooks, and its Admin API (GraphQL) for what they leave out or miss. */
export const shopify = defineSource({
  kind: 'shopify',
  secret: 'other',
  reconciles: true,
  settings: ShopifySettings,
  naming: ({ channels, locations }) => ({ channels: channels ?? ['shopify'], locations }),
  check: ({ api_url, allow_private }) => checkAddress('api_url', api_url, allow_private),
  create({ shop: domain, api_version, api_url, locations, allow_private, timeout_ms }, context) {
    const http = context.http({
      allow_private,
      timeout_ms,
      concurrency: 2,
      longest_answer_bytes: 4 * 1024 * 1024,
    });
    const token = context.api_token;
    const shop: Shop | null =
      token === null
        ? null
        : {
            http,
            url: under(api_url ?? `https://${domain}`, `admin/api/${api_version}/graphql.json`),
            token,
            now: () => context.clock.now(),
            locations: Object.keys(locations),
          };
    return {
      async verify(headers, body) {
        const named = headerOf(headers, 'x-shopify-webhook-id');
        const topic = headerOf(headers, 'x-shopify-topic');
        const signature = headerOf(headers, 'x-shopify-hmac-sha256') ?? '';
        const known = headerOf(headers, 'x-shopify-shop-domain') ?? domain;
        if (
          named === null ||
          topic === null ||
          known !== domain ||
          !isSigned(body, signature, context.secrets)
        ) {
          return notGenuine();
        }
        const event = headerOf(headers, 'x-shopify-event-id');
        // The signature covers the body alone, so a captured one could come again under any other id.
        const id = createHash('sha256').update(`${topic}\n`).update(body).digest('hex');
        return { id, event, topic, at: instant(headerOf(headers, 'x-shopify-triggered-at')) };
      },
      open({ topic, at }, body) {
        const written = [body['updated_at'], body['created_at']].find((each) => typeof each === 'string');
        const told = at ?? instant(typeof written === 'string' ? written : null);
        return { topic: topic ?? '', at: told ?? context.clock.now() };
      },
      read: ({ topic, at }, body) => readTopic(topic, body, at, shop !== null),
      async fetch(pointer) {
        if (!shop) return { kind: 'failed', reason: 'There is no API token to ask with: set api_token_env.' };
        return follow(shop, Pointer.parse(pointer));
      },
      streams: shop ? streamsOf(shop) : [],
      ...(shop ? { probe: () => probeShopify(shop, api_version) } : {}),
      close: () => http.close(),
    };
  },
});
