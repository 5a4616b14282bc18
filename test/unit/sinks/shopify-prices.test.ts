import { describe, expect, it } from 'vitest';
import { gidOf } from '../../../sandbox/sinks/shopify/shop.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aRequest, aShop, aVariant, carryOut, line, openShop, openSink, priceBody } from './shopify-shop.ts';

const DAY = 86_400_000;

describe('prices', () => {
  it('are set a product at a time, and what stood before is told before anything is written', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest(
      'price.set',
      priceBody([
        ['A-1', '15.00'],
        ['A-2', '15.00'],
        ['B-1', '25.00', '30.00'],
      ]),
    );
    const first = await sink.push(request);
    expect(first).toMatchObject({
      kind: 'partial',
      cursor: 'write:0',
      facts: { before: { 'A-1': { price: '20.00', compare_at: null, currency: 'EUR' } } },
    });
    expect(far.shop.effects).toEqual([]);
    const { outcome } = await carryOut((next) => sink.push(next), request);
    expect(outcome).toEqual({ kind: 'delivered', reference: null });
    expect(far.shop.variants.map(({ price }) => price)).toEqual(['15.00', '15.00', '20.00', '25.00']);
    expect(far.shop.effects).toEqual(['SetPrices', 'SetPrices']);
    expect(far.named('SetPrices')[0]?.variables).toEqual({
      product: gidOf('Product', 1),
      variants: [
        { id: gidOf('ProductVariant', 1), price: '15.00' },
        { id: gidOf('ProductVariant', 2), price: '15.00' },
      ],
    });
  });

  it('that stand already are not written again', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const { outcome, attempts } = await carryOut(
      (next) => sink.push(next),
      aRequest('price.set', priceBody([['A-1', '20.0']])),
    );
    expect([outcome.kind, attempts, far.shop.effects]).toEqual(['delivered', 1, []]);
  });

  it('need exactly one variant of exactly this SKU, and nothing is half done', async () => {
    const shop = aShop();
    shop.variants.push(aVariant(9, 'TWICE'), aVariant(10, 'TWICE'));
    const far = await openShop(shop);
    const sink = openSink(far);
    const outcome = await sink.push(
      aRequest(
        'price.set',
        priceBody([
          ['A-1', '15.00'],
          ['b-1', '15.00'],
          ['TWICE', '15.00'],
        ]),
      ),
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      exception_code: 'sku_mapping_failed',
      metadata: { skus: ['b-1', 'TWICE'] },
    });
    expect(shop.effects).toEqual([]);
  });

  it('are found under the name that this shop has for the SKU', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest('price.set', priceBody([['OURS', '15.00']]), { aliases: { OURS: 'A-2' } });
    await carryOut((next) => sink.push(next), request);
    expect(far.shop.variants[1]?.price).toBe('15.00');
  });

  it('that moved since people saw them are refused, unless they are to be overwritten', async () => {
    const far = await openShop();
    const body = priceBody([['A-1', '15.00', '18.00']]);
    expect(await openSink(far).push(aRequest('price.set', body))).toMatchObject({
      kind: 'failed',
      exception_code: 'price_conflict',
      metadata: { skus: ['A-1'] },
    });
    const bold = openSink(far, { check_previous: false });
    const { outcome } = await carryOut((next) => bold.push(next), aRequest('price.set', body));
    expect(outcome.kind).toBe('delivered');
  });

  it('of another price list than the shop’s own are refused', async () => {
    const far = await openShop();
    const request = aRequest('price.set', priceBody([['A-1', '15.00']]));
    expect(await openSink(far, { price_lists: ['b2b'] }).push(request)).toMatchObject({
      exception_code: 'unsupported_capability',
    });
    expect((await openSink(far, { price_lists: ['b2b', 'eu'] }).push(request)).kind).toBe('partial');
  });

  it('in another currency than the shop’s are refused', async () => {
    const far = await openShop(aShop({ currency: 'USD' }));
    const outcome = await openSink(far).push(aRequest('price.set', priceBody([['A-1', '15.00']])));
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'currency_invalid' });
  });

  it('some of which are refused end as a partial failure with the lines told apart', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest(
      'price.set',
      priceBody([
        ['A-1', '0.13'],
        ['B-1', '25.00', '30.00'],
      ]),
    );
    const { outcome } = await carryOut((next) => sink.push(next), request);
    expect(outcome).toMatchObject({
      kind: 'failed',
      exception_code: 'partial_failure',
      metadata: {
        lines: [
          { sku: 'A-1', code: 'price_rule_violation', message: 'A rule of this shop forbids the price.' },
        ],
      },
    });
    const all = aRequest('price.set', priceBody([['A-1', '0.13']]));
    expect((await carryOut((next) => sink.push(next), all)).outcome).toMatchObject({
      exception_code: 'price_rule_violation',
    });
  });

  it('of many lines are looked up in batches and go on where the time of an attempt ended', async () => {
    const shop = aShop();
    shop.variants = Array.from({ length: 60 }, (_, n) =>
      aVariant(n + 1, `S-${String(n + 1)}`, { product: gidOf('Product', n + 1) }),
    );
    const far = await openShop(shop);
    const clock = new ManualClock();
    far.watch(() => clock.advance(5_000));
    const sink = openSink(far, { timeout_ms: 25_000 }, { clock });
    const lines = shop.variants.map(({ sku }) => [sku, '9.00'] as [string, string]);
    const { outcome, attempts } = await carryOut(
      (next) => sink.push(next),
      aRequest('price.set', priceBody(lines)),
    );
    expect(outcome.kind).toBe('delivered');
    expect(attempts).toBeGreaterThan(10);
    expect(far.named('VariantsBySku')).toHaveLength(3);
    expect(shop.effects).toHaveLength(60);
    expect(shop.variants.every(({ price }) => price === '9.00')).toBe(true);
  });
});

describe('stock', () => {
  const body = (lines: object[]) => ({
    reason_code: 'count',
    note: null,
    channels: ['shopify'],
    lines: lines as never,
  });

  it('is set at a location under an idempotency key', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest(
      'inventory.set',
      body([line('A-1', { location: 'wh-berlin', previous: 10, quantity: 4 })]),
    );
    const { outcome, request: last } = await carryOut((next) => sink.push(next), request);
    expect(outcome).toMatchObject({ kind: 'delivered', reference: gidOf('InventoryAdjustmentGroup', 1) });
    expect(last.facts['before']).toEqual({ 'A-1': { 'wh-berlin': 10 } });
    expect(far.named('SetStock')[0]?.variables).toMatchObject({
      input: {
        name: 'available',
        reason: 'cycle_count_available',
        quantities: [{ quantity: 4, changeFromQuantity: 10, locationId: gidOf('Location', 1) }],
      },
      key: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    expect(far.shop.variants[0]?.stock[gidOf('Location', 1)]).toBe(4);
  });

  it('is moved once, whatever is there by now', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest(
      'inventory.adjust',
      body([line('A-1', { location: 'wh-berlin', previous: null, delta: -3 })]),
    );
    const { request: last } = await carryOut((next) => sink.push(next), request);
    expect(far.named('MoveStock')[0]?.variables).toMatchObject({
      input: { changes: [{ delta: -3, changeFromQuantity: null }] },
    });
    expect((await sink.push(last)).kind).toBe('delivered');
    expect(far.shop.variants[0]?.stock[gidOf('Location', 1)]).toBe(7);
    expect(far.shop.effects).toEqual(['MoveStock']);
  });

  it('that was sold meanwhile is counted again', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const lines = [line('A-1', { location: 'wh-berlin', previous: 12, quantity: 4 })];
    expect(await sink.push(aRequest('inventory.set', body(lines)))).toMatchObject({
      kind: 'failed',
      exception_code: 'inventory_mismatch',
    });
  });

  it.each(['nowhere', 'wh-closed'])('needs an open location (%s)', async (location) => {
    const far = await openShop();
    const lines = [line('A-1', { location, previous: null, quantity: 4 })];
    expect(await openSink(far).push(aRequest('inventory.set', body(lines)))).toMatchObject({
      kind: 'failed',
      exception_code: 'location_mapping_failed',
      metadata: { locations: [location] },
    });
  });

  it('is not looked for again once Shopify may have forgotten the key', async () => {
    const clock = new ManualClock();
    const far = await openShop(aShop({ now: () => clock.now() }));
    const sink = openSink(far, {}, { clock });
    const request = aRequest('inventory.adjust', body([line('A-1', { location: 'wh-berlin', delta: 1 })]));
    const { request: last } = await carryOut((next) => sink.push(next), request);
    expect(await sink.reconcile(last)).toEqual({ kind: 'absent' });
    clock.advance(DAY);
    expect(await sink.reconcile(last)).toEqual({ kind: 'unknown' });
  });

  it('goes out under a new key when an attempt failed over there', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const userErrors = [{ code: 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', message: 'Failed.', field: null }];
    far.faults.push({
      when: ({ name }) => name === 'MoveStock',
      effect: false,
      answer: (response) => {
        const data = { result: { inventoryAdjustmentGroup: null, userErrors } };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
      },
    });
    const request = aRequest('inventory.adjust', body([line('A-1', { location: 'wh-berlin', delta: 1 })]));
    const { outcome } = await carryOut((next) => sink.push(next), request);
    expect(outcome.kind).toBe('delivered');
    const keys = far.named('MoveStock').map((call) => call.variables['key']);
    expect(new Set(keys).size).toBe(2);
  });
});
