import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { EXAMPLE, load, SECRETS } from '../../support/config.ts';
import { HOOK_SECRETS } from '../../support/hooks.ts';

const ENV = { ...SECRETS, ...HOOK_SECRETS };

function withSource(entry: object): string {
  const file = parse(EXAMPLE) as { sources: Record<string, object> };
  file.sources['shop_front'] = entry;
  return stringify(file);
}

function faults(entry: object): string[] {
  const loaded = load(withSource(entry), ENV);
  return loaded.ok
    ? []
    : loaded.faults.map(({ path, message, advice }) => `${path}: ${message} ${advice}`.trim());
}

const shopify = (edit: object = {}) => ({
  kind: 'shopify',
  secret_env: 'SHOPIFY_SECRET',
  settings: { shop: 'northwind.myshopify.com' },
  rules: [{ when: 'order_placed', then: 'shipping_label_request' }],
  ...edit,
});

describe('sources of a platform', () => {
  it('may make what their rules name, and send no whole exports', () => {
    const loaded = load(
      withSource(shopify({ api_token_env: 'SHOPIFY_TOKEN', reconcile: { every_ms: 900_000 } })),
      ENV,
    );
    const source = loaded.ok ? loaded.config.sources.get('shop_front') : undefined;
    expect(source).toMatchObject({
      types: ['shipping_label_request', 'exception_notify'],
      keys: [],
      secrets: [HOOK_SECRETS.SHOPIFY_SECRET],
      api_token: HOOK_SECRETS.SHOPIFY_TOKEN,
      reconcile_ms: 900_000,
      takes_hooks: true,
    });
  });

  it('are signed sources when they name no kind, as before', () => {
    const loaded = load(EXAMPLE, ENV);
    const source = loaded.ok ? loaded.config.sources.get('pim') : undefined;
    expect(source).toMatchObject({ kind: 'signed', takes_hooks: false });
  });

  it.each([
    [
      'a kind that does not exist',
      shopify({ kind: 'shopfy' }),
      'sources.shop_front.kind: "shopfy" is not one of the known words. Did you mean "shopify"?',
    ],
    [
      'a key of another kind',
      shopify({ types: ['price_update'] }),
      'sources.shop_front.types: "types" is not a key that is known here. Known: kind, secret_env, api_token_env, settings, rules, reconcile.',
    ],
    [
      'a typing error in a setting',
      shopify({ settings: { shop: 'northwind.myshopify.com', chanels: ['a'] } }),
      'sources.shop_front.settings.chanels: "chanels" is not a key that is known here. Did you mean "channels"?',
    ],
    [
      'a shop that is none',
      shopify({ settings: { shop: 'northwind.example' } }),
      'sources.shop_front.settings.shop: This is the shop’s own name at Shopify, such as northwind.myshopify.com.',
    ],
    [
      'a rule for nothing',
      shopify({ rules: [{ when: 'order_place', then: 'shipping_label_request' }] }),
      'sources.shop_front.rules.0.when: "order_place" is not one of the known words. Did you mean "order_placed"?',
    ],
    [
      'an export that an event cannot become',
      shopify({ rules: [{ when: 'order_placed', then: 'price_update' }] }),
      'sources.shop_front.rules.0.then: "price_update" is not one of the known words. Known: shipping_label_request, inventory_delta.',
    ],
    [
      'no threshold',
      shopify({ rules: [{ when: 'inventory_below', then: 'inventory_delta' }] }),
      'sources.shop_front.rules.0.threshold: This is missing. It is a number.',
    ],
    [
      'a typing error in a rule',
      shopify({ rules: [{ when: 'order_placed', then: 'inventory_delta', wiht: {} }] }),
      'sources.shop_front.rules.0.wiht: "wiht" is not a key that is known here. Did you mean "with"?',
    ],
    [
      'a reconciliation without a token',
      shopify({ reconcile: { every_ms: 900_000 } }),
      'sources.shop_front.reconcile: shop_front is to be asked for what was missed, and there is no token to ask with. Name its variable in api_token_env.',
    ],
    [
      'a reconciliation all the time',
      shopify({ api_token_env: 'SHOPIFY_TOKEN', reconcile: { every_ms: 1000 } }),
      'sources.shop_front.reconcile.every_ms: It is asked once a minute at most, so this is at least 60000.',
    ],
    [
      'a private address that is not allowed',
      shopify({ settings: { shop: 'northwind.myshopify.com', api_url: 'http://10.0.0.1/' } }),
      'sources.shop_front.settings.api_url: The address must begin with https:// unless allow_private is set.',
    ],
    [
      'keys from a host that may not be asked',
      { kind: 'shipstation', settings: { jwks_url: 'https://keys.example/jwks' } },
      'sources.shop_front.settings.jwks_url: Its host is not among the hosts api.shipstation.com, api.shipengine.com.',
    ],
    [
      'a secret where there is none',
      { kind: 'shipstation', secret_env: 'SHOPIFY_SECRET', settings: {} },
      'sources.shop_front.secret_env: "secret_env" is not a key that is known here. Known: kind, api_token_env, settings, rules.',
    ],
    [
      'a signed source with a rule for a platform',
      {
        secret_env: 'PIM_SECRET',
        rules: [{ when: 'order_placed', then: 'inventory_delta' }],
      },
      'sources.shop_front.rules.0.when: Webhooks of a signed source do not say order_placed. Write when: topic, the topic, and the payload in with.',
    ],
    [
      'rules without a secret',
      {
        token_env: 'READ_TOKEN',
        scopes: ['exports:read'],
        rules: [{ when: 'topic', topic: 'a', then: 'price_update' }],
      },
      'sources.shop_front: shop_front has rules for webhooks, so it needs a secret to sign them with. Name its variable in secret_env.',
    ],
  ])('are refused for %s', (_what, entry, fault) => {
    expect(faults(entry)).toEqual([fault]);
  });

  it('point at the line of the fault', () => {
    const text = withSource(shopify({ rules: [{ when: 'order_placed', then: 'price_update' }] }));
    const loaded = load(text, ENV);
    const line = loaded.ok ? 0 : (loaded.faults[0]?.line ?? 0);
    expect(text.split('\n')[line - 1]).toContain('then: price_update');
  });

  it('warn when nothing is made of their webhooks', () => {
    const loaded = load(withSource(shopify({ rules: [] })), ENV);
    const warnings = loaded.ok ? loaded.warnings.map((each) => each.message) : [];
    expect(warnings).toContain('shop_front has no rules, so nothing is made of its webhooks.');
  });
});
