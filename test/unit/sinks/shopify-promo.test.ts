import { describe, expect, it } from 'vitest';
import { gidOf } from '../../../sandbox/sinks/shopify/shop.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { aRequest, aShop, aVariant, carryOut, line, openShop, openSink } from './shopify-shop.ts';

const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('a promo', () => {
  const promo = (over: object = {}) => ({
    campaign_id: 'BF26',
    campaign_name: 'Black Friday',
    window: { start: iso(T0), end: iso(T0 + 4 * DAY), time_zone: 'Europe/Berlin' },
    offer: { kind: 'percent_off', value: '20' },
    currency: 'EUR',
    channels: ['shopify'],
    discounts: [] as never,
    set_prices_on: ['shopify'],
    landing_urls: [],
    brief: null,
    lines: [
      line('A-1', {
        price: '16.00',
        compare_at: '20.00',
        previous: { price: '20.00', compare_at: null },
        rollback: { price: '20.00', compare_at: null },
      }),
    ] as never,
    ...over,
  });
  const discount = { channel: 'shopify', discount_id: '77' };
  const withDiscount = promo({
    discounts: [discount, { channel: 'amazon', discount_id: '5' }],
    set_prices_on: [],
  });
  const scheduled = (type = 'DiscountAutomaticBasic') => ({
    id: gidOf('DiscountAutomaticNode', 77),
    type,
    title: '20 % off',
    startsAt: iso(T0 + DAY),
    endsAt: iso(T0 + 2 * DAY),
  });

  it('lowers prices with their "was" price, and ends by putting both back', async () => {
    const far = await openShop();
    const sink = openSink(far);
    await carryOut((next) => sink.push(next), aRequest('promo.activate', promo()));
    expect(far.shop.variants[0]).toMatchObject({ price: '16.00', compareAtPrice: '20.00' });
    const back = promo({
      lines: [
        line('A-1', { price: '20.00', compare_at: null, previous: { price: '16.00', compare_at: '20.00' } }),
      ],
    });
    await carryOut((next) => sink.push(next), aRequest('promo.deactivate', back));
    expect(far.shop.variants[0]).toMatchObject({ price: '20.00', compareAtPrice: null });
    far.shop.variants[0] = aVariant(1, 'A-1', { price: '17.50' });
    expect(await sink.push(aRequest('promo.deactivate', back))).toMatchObject({
      exception_code: 'rollback_drifted',
    });
  });

  it.each(['DiscountAutomaticBasic', 'DiscountCodeBxgy', 'DiscountAutomaticApp', 'DiscountCodeFreeShipping'])(
    'switches its %s and gives it back its schedule',
    async (type) => {
      const clock = new ManualClock();
      const far = await openShop(aShop({ now: () => clock.now(), discounts: [scheduled(type)] }));
      const sink = openSink(far, {}, { clock });
      const { outcome, request } = await carryOut(
        (next) => sink.push(next),
        aRequest('promo.activate', withDiscount),
      );
      expect(outcome).toEqual({ kind: 'delivered', reference: '77' });
      expect(request.facts['discounts']).toEqual({
        77: { title: '20 % off', status: 'SCHEDULED', starts_at: iso(T0 + DAY), ends_at: iso(T0 + 2 * DAY) },
      });
      expect(far.shop.discounts[0]).toMatchObject({ startsAt: iso(T0), endsAt: iso(T0 + 4 * DAY) });
      expect(await sink.reconcile(request)).toMatchObject({ kind: 'delivered' });
      const schedule = { starts_at: iso(T0 + DAY), ends_at: iso(T0 + 2 * DAY) };
      const back = promo({ discounts: [{ ...discount, schedule }], set_prices_on: [] });
      await carryOut((next) => sink.push(next), aRequest('promo.deactivate', back));
      expect(far.shop.discounts[0]).toMatchObject({ startsAt: schedule.starts_at, endsAt: schedule.ends_at });
    },
  );

  it('stops a discount whose former schedule is not told, or would run', async () => {
    const clock = new ManualClock();
    const running = { ...scheduled(), startsAt: iso(T0 - DAY), endsAt: null };
    const far = await openShop(aShop({ now: () => clock.now(), discounts: [running] }));
    const sink = openSink(far, {}, { clock });
    const schedule = { starts_at: running.startsAt, ends_at: null };
    const body = promo({ discounts: [{ ...discount, schedule }], set_prices_on: [] });
    await carryOut((next) => sink.push(next), aRequest('promo.deactivate', body));
    expect(far.shop.discounts[0]?.endsAt).toBe(iso(T0));
    expect(far.shop.effects).toEqual(['StopAutomatic']);
  });

  it('starts no twenty-sixth automatic discount', async () => {
    const clock = new ManualClock();
    const far = await openShop(aShop({ now: () => clock.now(), discounts: [scheduled()], running: 25 }));
    expect(await openSink(far, {}, { clock }).push(aRequest('promo.activate', withDiscount))).toMatchObject({
      kind: 'failed',
      exception_code: 'store_limit_reached',
    });
  });

  it('whose discount is not there, or that has nothing to do here, goes to a person', async () => {
    const far = await openShop();
    const sink = openSink(far);
    expect(await sink.push(aRequest('promo.activate', withDiscount))).toMatchObject({
      exception_code: 'promo_conflict',
    });
    expect(await sink.push(aRequest('promo.activate', promo({ set_prices_on: [] })))).toMatchObject({
      exception_code: 'unsupported_capability',
    });
    const elsewhere = promo({ set_prices_on: ['amazon'], channels: ['amazon'] });
    expect(await sink.push(aRequest('promo.activate', elsewhere))).toMatchObject({ kind: 'delivered' });
  });
});
