import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../src/exports/campaigns/campaign.ts';
import {
  activationOf,
  endOf,
  type Present,
  publishOf,
  unpriced,
} from '../../../../src/exports/campaigns/issue.ts';
import { renewedFrom } from '../../../../src/exports/campaigns/renew.ts';
import { createCatalog } from '../../../../src/exports/catalog.ts';
import { evolve } from '../../../../src/exports/evolve.ts';
import { OWN_SOURCE } from '../../../../src/exports/own.ts';
import { type Read, read } from '../../../../src/exports/receive.ts';
import { reversalOf } from '../../../../src/exports/reversal.ts';
import type { Export } from '../../../../src/exports/state.ts';
import { Played, people } from '../../../support/campaign-core.ts';
import { T0 } from '../../../support/manual-clock.ts';

const catalog = createCatalog();
const ID = '01930000-0000-7000-8000-000000000001';

const readOwn = (raw: Read['raw'], now = T0): Read =>
  read(
    raw,
    {
      now,
      catalog,
      directory: people,
      policies: new Map(),
      sinks: [],
      source: { name: OWN_SOURCE, types: null, can_refetch: true },
    },
    1,
  );

const errors = ({ problems }: Read) => problems.filter(({ severity }) => severity === 'error');

const present: Present = {
  'TEE-BLK-M': { price: '26.00', compare_at: '30.00', stock: 40 },
  'CAP-RED': { price: '18.00', stock: -2 },
};

function campaign(over: Parameters<Played['create']>[0] = {}): Campaign {
  const world = new Played().create(over);
  world.ready();
  if (!world.campaign) throw new Error('It was created.');
  return world.campaign;
}

function stored(raw: Read['raw']): Export {
  const { envelope: _, nobody_left: __, ...facts } = readOwn(raw);
  return evolve(
    null,
    {
      type: 'received',
      outcome: 'pending',
      source: { name: OWN_SOURCE, system: 'Meshline', reference: 'autumn v1', reverses: null },
      requester: null,
      idempotency_key: 'k',
      newer: null,
      ...facts,
    } as never,
    T0,
    ID,
  );
}

const lines = (raw: { [key: string]: unknown }) =>
  (
    raw['payload'] as {
      lines: { sku: string; before: object; after: { price: string }; expected_stock: number | null }[];
    }
  ).lines;

describe('what a campaign issues', () => {
  it('is an activation that its type takes, with the present prices as those to put back', () => {
    const raw = activationOf(campaign(), present, 'key', T0, T0);
    expect(errors(readOwn(raw))).toEqual([]);
    expect(lines(raw)).toMatchObject([
      {
        sku: 'TEE-BLK-M',
        before: { price: '26.00', compare_at: '30.00' },
        after: { price: '20.80', compare_at: '26.00' },
      },
      { sku: 'TEE-BLK-L', before: { price: '25.00' }, after: { price: '20.00' }, expected_stock: null },
      { sku: 'CAP-RED', before: { price: '18.00' }, expected_stock: 0 },
    ]);
  });

  it.each([
    [{ kind: 'percent_off', value: '33.33' }, '16.67'],
    [{ kind: 'amount_off', value: '5.00', currency: 'EUR' }, '20.00'],
    [{ kind: 'fixed_price', value: '19.99', currency: 'EUR' }, '19.99'],
    [{ kind: 'percent_off', value: '20' }, '20.00'],
  ])('prices by the offer %j', (offer, price) => {
    const products = [{ sku: 'TEE-BLK-L', price: '25.00' }];
    const raw = activationOf(campaign({ offer, products }), {}, 'key', T0, T0);
    expect(errors(readOwn(raw))).toEqual([]);
    expect(lines(raw)[0]?.after.price).toBe(price);
  });

  it('names what has no price, neither in the brief nor at a shop', () => {
    const { brief } = campaign({
      products: [{ sku: 'tee-blk-m' }, { sku: 'NEW' }, { sku: 'CAP', price: '9.00' }],
    });
    expect(unpriced(brief, present)).toEqual(['NEW']);
  });

  it('is a way back that its type takes, later than what it undoes', () => {
    const whole = campaign();
    const activation = stored(activationOf(whole, present, 'key', T0, T0));
    const reverse = reversalOf(activation, new Set(['CAP-RED']), catalog);
    if (!reverse) throw new Error('It can be taken back.');
    const raw = endOf(whole, activation, reverse, null, 'end', T0);
    const found = readOwn(raw);
    expect(errors(found)).toEqual([]);
    expect(found.occurred_at).toBeGreaterThan(activation.occurred_at);
    expect(found.revision?.policy.gate.mode).toBe('policy');
    expect(lines(raw)).toMatchObject([{ sku: 'CAP-RED', after: { price: '18.00' } }]);
  });

  it('is a live publish that its type takes, with the trail and what changes', () => {
    const world = new Played().create();
    world.ready();
    world.issued('activate');
    world.move('paused', { code: 'insufficient_inventory', detail: 'Too few.' });
    const whole = world.campaign;
    if (!whole) throw new Error('It was created.');
    const known = whole.exports.map((each) => ({ ...each, export_id: ID }));
    const events = world.log.map(({ at, event }, n) => ({
      export_id: 'campaign:autumn',
      n,
      at,
      event: event.type === 'export_moved' ? { ...event, export_id: ID } : event,
    }));
    const activation = stored(activationOf(whole, present, 'key', T0, T0));
    const raw = publishOf({ ...whole, exports: known }, activation, events, 'publish', T0, T0);
    expect(errors(readOwn(raw))).toEqual([]);
    expect(JSON.stringify(raw['payload'])).toContain('insufficient inventory');
    expect((raw['payload'] as { changes: object[] }).changes).toHaveLength(3);
  });

  it('takes 5,000 products through the real schemas', () => {
    const products = Array.from({ length: 5_000 }, (_, n) => ({
      sku: `SKU-${n}`,
      price: '10.00',
      handle: `page-${n % 900}`,
    }));
    const whole = campaign({ products });
    const activation = activationOf(whole, {}, 'key', T0, T0);
    expect(errors(readOwn(activation))).toEqual([]);
    expect(errors(readOwn(publishOf(whole, stored(activation), [], 'publish', T0, T0)))).toEqual([]);
  });
});

describe('a renewal', () => {
  const whole = campaign();
  const waiting = stored(activationOf(whole, present, 'key', T0, T0));
  const edit = (change: (line: ReturnType<typeof lines>[number]) => void) => {
    const revision = structuredClone(waiting.revision);
    if (!revision) throw new Error('It has values.');
    for (const line of revision.payload['lines'] as never as ReturnType<typeof lines>) change(line);
    return revision;
  };

  it('changes nothing that people are asked to accept while the prices are the same', () => {
    const later = { ...present, 'TEE-BLK-M': { ...present['TEE-BLK-M'], stock: 12 } };
    const revision = edit((line) => {
      if (line.sku === 'CAP-RED') line.after.price = '15.00';
    });
    const raw = renewedFrom(revision, activationOf(whole, later, 'again', T0 + 1, T0 + 1));
    expect(readOwn(raw, T0 + 1).revision?.payload).toEqual(revision.payload);
  });

  it('asks again where a price is another, or the stock has run low', () => {
    const revision = edit(() => undefined);
    const less = {
      ...present,
      'TEE-BLK-M': { price: '26.00', compare_at: '30.00', stock: 1 },
      'CAP-RED': { price: '17.00' },
    };
    const raw = renewedFrom(revision, activationOf(whole, less, 'again', T0 + 1, T0 + 1));
    expect(lines(raw)).toMatchObject([
      { expected_stock: 1 },
      { after: { price: '20.00' } },
      { before: { price: '17.00' }, after: { price: '13.60' } },
    ]);
  });
});
