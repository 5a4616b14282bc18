import { afterEach, describe, expect, it } from 'vitest';
import { bigcommerce } from '../../../src/sources/kinds/bigcommerce.ts';
import { shipstation } from '../../../src/sources/kinds/shipstation.ts';
import { shopify } from '../../../src/sources/kinds/shopify.ts';
import {
  HOOK_SECRETS,
  type Hook,
  type Platform,
  rsaKeys,
  shipstationHook,
  shopifyHook,
  standardHook,
  startPlatform,
} from '../../support/hooks.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { sourceContext } from '../../support/sources.ts';

const clock = new ManualClock();
const context = sourceContext({ clock });
const bytes = ({ body }: Hook) => Buffer.from(body);

describe('Shopify', () => {
  const secrets = [HOOK_SECRETS.SHOPIFY_NEXT, HOOK_SECRETS.SHOPIFY_SECRET];
  const shop = shopify.open({ shop: 'northwind.myshopify.com' }, { ...context, secrets });
  const genuine = (hook: Hook) => shop.verify(hook.headers, bytes(hook));

  it('takes what either secret of a rotation signed', async () => {
    for (const secret of secrets) {
      const hook = shopifyHook('orders/create', { a: 1 }, { id: 'one', event: 'e', at: T0, secret });
      const id = expect.stringMatching(/^[0-9a-f]{64}$/);
      expect(await genuine(hook)).toEqual({ id, event: 'e', topic: 'orders/create', at: T0 });
    }
  });

  it('knows a delivery by what is signed of it, whatever id it comes under', async () => {
    const idOf = async (hook: Hook) => Reflect.get(await genuine(hook), 'id');
    const first = await idOf(shopifyHook('orders/create', { a: 1 }, { id: 'one' }));
    expect(await idOf(shopifyHook('orders/create', { a: 1 }, { id: 'two' }))).toBe(first);
    expect(await idOf(shopifyHook('orders/create', { a: 2 }, { id: 'one' }))).not.toBe(first);
  });

  it.each([
    ['another secret', (hook: Hook) => shopifyHook('orders/create', hook.body, { secret: 'x' })],
    ['another shop', withHeader('x-shopify-shop-domain', 'other.myshopify.com')],
    ['no id', withHeader('x-shopify-webhook-id', '')],
    ['no topic', withHeader('x-shopify-topic', '')],
    ['no signature', withHeader('x-shopify-hmac-sha256', '')],
    ['a signature of another length', withHeader('x-shopify-hmac-sha256', 'aGVsbG8=')],
    ['a changed body', (hook: Hook) => ({ ...hook, body: `${hook.body} ` })],
  ])('refuses %s', async (_what, change) => {
    const hook = change(shopifyHook('orders/create', { a: 1 }));
    expect(await genuine(hook)).toMatchObject({ refused: 'hook_not_genuine' });
  });
});

function withHeader(name: string, value: string) {
  return (hook: Hook): Hook => ({ ...hook, headers: { ...hook.headers, [name]: value } });
}

describe('BigCommerce', () => {
  const secrets = ['new-secret', HOOK_SECRETS.BIGC_SECRET];
  const store = bigcommerce.open({ store_hash: 'abc123' }, { ...context, secrets });

  it('takes the raw client secret as the key, five minutes to either side', async () => {
    for (const off of [-299_000, 0, 299_000]) {
      const hook = standardHook({}, { at: T0 + off, id: 'one' });
      expect(await store.verify(hook.headers, bytes(hook))).toMatchObject({ id: 'one' });
    }
    for (const off of [-301_000, 301_000]) {
      const hook = standardHook({}, { at: T0 + off });
      expect(await store.verify(hook.headers, bytes(hook))).toMatchObject({ refused: 'hook_not_genuine' });
    }
  });
});

describe('ShipStation', () => {
  const first = rsaKeys('key-1');
  const second = rsaKeys('key-2');
  let platform: Platform;
  afterEach(() => platform.close());

  async function open(answer: () => { status?: number; json?: unknown }) {
    platform = await startPlatform(answer);
    const settings = { jwks_url: `${platform.url}/jwks`, hosts: [platform.host], allow_private: true };
    const own = new ManualClock();
    const account = shipstation.open(settings, sourceContext({ clock: own }));
    const send = (keys: typeof first) => {
      const hook = shipstationHook({}, { at: own.now(), key: keys.privateKey, kid: keys.kid });
      return account.verify(hook.headers, bytes(hook));
    };
    return { own, send };
  }

  it('keeps the keys for an hour, and looks for a new one at most once a minute', async () => {
    let keys = first.jwks.keys;
    const { own, send } = await open(() => ({ json: { keys } }));
    expect(await send(first)).toMatchObject({ topic: null });
    await send(first);
    expect(platform.asked).toHaveLength(1);

    expect(await send(second)).toMatchObject({ refused: 'hook_not_genuine' });
    await send(second);
    expect(platform.asked).toHaveLength(1);
    keys = [...first.jwks.keys, ...second.jwks.keys];
    own.advance(60_000);
    expect(await send(second)).toMatchObject({ topic: null });
    expect(platform.asked).toHaveLength(2);
  });

  it('goes on with known keys while their address is down, and says so when it has none', async () => {
    let down = true;
    const { own, send } = await open(() => (down ? { status: 503 } : { json: first.jwks }));
    expect(await send(first)).toMatchObject({ refused: 'unavailable' });
    down = false;
    own.advance(60_000);
    expect(await send(first)).toMatchObject({ topic: null });
    down = true;
    own.advance(2 * 3_600_000);
    expect(await send(first)).toMatchObject({ topic: null });
    own.advance(24 * 3_600_000);
    expect(await send(first)).toMatchObject({ refused: 'unavailable' });
  });
});
