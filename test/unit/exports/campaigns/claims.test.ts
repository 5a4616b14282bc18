import { describe, expect, it } from 'vitest';
import { campaignId, checkBrief } from '../../../../src/exports/campaigns/brief.ts';
import { canonicalKeyword, canonicalPage, claimsOf } from '../../../../src/exports/campaigns/claims.ts';
import { holderOf } from '../../../../src/exports/campaigns/holder.ts';
import { livedAfter, timeToLive } from '../../../../src/exports/campaigns/timing.ts';
import { HOUR_MS } from '../../../../src/exports/words.ts';
import { conflict, HANNAH, Played, PRIYA, people, SOFIA } from '../../../support/campaign-core.ts';
import { aBrief } from '../../../support/campaigns.ts';
import { T0 } from '../../../support/manual-clock.ts';

describe('claims', () => {
  it.each([
    ['Autumn  Linen', 'autumn linen'],
    [' ＡＵＴＵＭＮ\u00a0linen ', 'autumn linen'],
    ['e\u0301te\u0301', 'été'],
    ['Linen\n2026', 'linen 2026'],
  ])('takes %j and %j for one keyword', (said, canonical) => {
    expect(canonicalKeyword(said)).toBe(canonical);
  });

  it.each([
    ['https://Shop.example/autumn/', 'shop.example/autumn'],
    ['https://shop.example/autumn?utm_source=mail#top', 'shop.example/autumn'],
    ['https://shop.example/', 'shop.example'],
    ['https://shop.example', 'shop.example'],
    ['https://shop.example:8443/a//', 'shop.example:8443/a'],
  ])('takes %s for the page %s', (url, page) => {
    expect(canonicalPage(url)).toBe(page);
  });

  it('are counted once however they are written', () => {
    const claims = claimsOf({
      keywords: ['Linen', 'linen ', 'wool'],
      landing_urls: ['https://shop.example/a', 'https://shop.example/a/'],
    });
    expect(claims.map(({ value }) => value)).toEqual(['linen', 'wool', 'shop.example/a']);
  });
});

describe('a brief', () => {
  const codes = (over: Parameters<typeof aBrief>[1]) =>
    checkBrief(aBrief(T0, over), T0).flatMap(({ code, path, severity }) =>
      severity === 'error' ? [`${code} ${path}`] : [],
    );
  const iso = (ms: number) => new Date(T0 + ms).toISOString();

  it.each([
    [
      'ends before it starts',
      { window: { start: iso(2 * HOUR_MS), end: iso(HOUR_MS), time_zone: 'UTC' } },
      'window.end',
    ],
    [
      'has ended already',
      { window: { start: iso(-2 * HOUR_MS), end: iso(-HOUR_MS), time_zone: 'UTC' } },
      'window',
    ],
    [
      'lasts longer than a season',
      { window: { start: iso(0), end: iso(100 * 24 * HOUR_MS), time_zone: 'UTC' } },
      'window',
    ],
    [
      'names a SKU twice',
      {
        products: [
          { sku: 'A', price: '9.00' },
          { sku: ' a', price: '8.00' },
        ],
      },
      'products.1.sku',
    ],
    [
      'gives something away',
      { products: [{ sku: 'A', price: '9.00', promo_price: '0' }] },
      'products.0.promo_price',
    ],
    [
      'makes something dearer',
      { products: [{ sku: 'A', price: '9.00', promo_price: '9.00' }] },
      'products.0.promo_price',
    ],
    ['speaks of two currencies', { offer: { kind: 'amount_off', value: '5', currency: 'USD' } }, 'offer'],
    [
      'switches a discount where it does not run',
      { discounts: [{ channel: 'amazon', discount_id: '1' }] },
      'discounts.0.channel',
    ],
  ])('is not taken when it %s', (_, over, path) => {
    expect(codes(over).join(' ')).toContain(path);
  });

  it('has a readable id of its own', () => {
    const taken = new Set(['autumn-linen', 'autumn-linen-2']);
    expect(campaignId('Autumn: Linen!', (id) => taken.has(id))).toBe('autumn-linen-3');
    expect(campaignId('Été à Ålesund', () => false)).toBe('ete-a-alesund');
    expect(campaignId('🎉', () => false)).toBe('campaign');
    expect(campaignId('x'.repeat(200), () => false)).toHaveLength(60);
  });
});

describe('whose turn it is', () => {
  it('is with those who briefed it, and with marketing once they have left', () => {
    const { campaign } = new Played().create();
    if (!campaign) throw new Error('It was created.');
    expect(holderOf(campaign, [], people)).toMatchObject({ people: [SOFIA, PRIYA], todo: 'mark it ready' });
    const gone = new Map(
      [...people.people].map(([id, each]) => [id, { ...each, active: id !== SOFIA && id !== PRIYA }]),
    );
    const left = holderOf(campaign, [], { ...people, people: gone });
    expect(left?.people.length).toBeGreaterThan(0);
    expect(left?.people).not.toContain(PRIYA);
  });

  it('is with the owner of what is disputed, and with nobody while it is live', () => {
    const { campaign } = new Played().create();
    if (!campaign) throw new Error('It was created.');
    expect(holderOf({ ...campaign, conflicts: [conflict()] }, [], people)?.people).toEqual([HANNAH]);
    const live = new Played().create().live().campaign;
    expect(live && holderOf(live, [], people)).toBeNull();
  });
});

describe('time to live', () => {
  it('adds up what each stage cost, and ends with the first moment of being live', () => {
    const world = new Played().create();
    world.now += HOUR_MS;
    world.ready();
    world.issued('activate');
    world.now += 2 * HOUR_MS;
    for (const status of ['accepted', 'delivering'] as const) world.move(status);
    world.now += 1_000;
    expect(timeToLive(world.campaign ?? { marks: [] }, world.now)).toEqual([
      { stage: 'briefing', ms: HOUR_MS, now: false },
      { stage: 'approval', ms: 2 * HOUR_MS, now: false },
      { stage: 'delivery', ms: 1_000, now: true },
    ]);
    world.move('delivered');
    expect(livedAfter(world.campaign ?? { created_at: 0, marks: [] })).toBe(3 * HOUR_MS + 1_000);
  });
});
