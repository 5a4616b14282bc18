import { describe, expect, it, test } from 'vitest';
import { retryOf } from '../../../src/exports/alternates.ts';
import { decide } from '../../../src/exports/decide.ts';
import { effects } from '../../../src/exports/effects.ts';
import { ALICE, BOB, CAROL, fold } from '../../support/core.ts';
import { put } from '../../support/fixtures.ts';
import {
  after,
  CARRIERS,
  context,
  eur,
  failure,
  label,
  made,
  NO_SERVICE,
  pushed,
  quoted,
  tries,
} from '../../support/labels.ts';
import { T0 } from '../../support/manual-clock.ts';

// The fixture prefers fedex, names dhl as the alternate, was quoted 18.40 EUR and may cost 24.00 EUR.

describe('the order in which carriers are asked', () => {
  it('is the preferred one, then the alternates, then the routes; only the first is asked', () => {
    const state = label();
    expect(tries(state)).toEqual(['fedex waiting']);
    expect(state.revision?.policy.routes['label.create']).toEqual(['fedex', 'dhl', 'usps']);
    expect(state.revision?.policy.failover).toEqual({ approve: 'never', as: { fedex: 'fedex', dhl: 'dhl' } });
  });

  it('knows a sink by the carriers whose labels it makes', () => {
    const [usps, , fedex] = CARRIERS;
    if (!usps || !fedex) throw new Error('There are three carriers.');
    const station = { ...fedex, name: 'shipstation', carriers: ['UPS', 'FedEx'] };
    const state = label({ sinks: [usps, station] });
    expect(tries(state)).toEqual(['shipstation waiting']);
    expect(state.revision?.policy.failover?.as).toEqual({ shipstation: 'FedEx' });
    expect(state.pushes[0]?.operation.body['carrier']).toMatchObject({ service: 'regional_economy' });
  });

  it('is no order at all without the policy: every sink of the route is pushed to', () => {
    expect(tries(label({ approve: null }))).toHaveLength(3);
  });

  it('asks a carrier that nobody named under its own name, without the service of another', () => {
    const [usps] = CARRIERS;
    const state = label({ sinks: usps ? [{ ...usps, carriers: ['usps'] }] : [] });
    expect(state.pushes[0]?.operation.body['carrier']).toEqual({
      preferred: 'usps',
      service: null,
      alternates: [],
    });
  });
});

describe('a carrier that refuses for a reason of its own', () => {
  it('is followed by the next one, once that has told its price', () => {
    const sought = pushed(label(), NO_SERVICE);
    expect(sought).toMatchObject({ status: 'delivering', alternate: { from: 'fedex', to: 'dhl' } });
    const begun = quoted(sought, eur('12.00'));
    expect(tries(begun)).toEqual(['fedex failed', 'dhl waiting']);
    const push = begun.pushes[1];
    expect(push?.key).toContain('-dhl-');
    expect(push?.key).not.toBe(begun.pushes[0]?.key);
    expect(push?.operation.body).toMatchObject({
      carrier: { preferred: 'dhl', service: 'priority', alternates: [] },
      max_cost: { amount: '24.00', currency: 'EUR' },
    });
    const done = pushed(begun, { kind: 'delivered', reference: 'L-1', facts: { tracking_number: '9400' } });
    expect(done).toMatchObject({ status: 'delivered', alternate: null, trouble: null });
    expect(tries(done)).toEqual(['fedex failed', 'dhl delivered']);
  });

  it('has its price asked and its push sent through the outbox', () => {
    const before = label();
    const events = made(before, {
      do: 'record_push',
      key: before.pushes[0]?.key ?? '',
      outcome: NO_SERVICE,
      next_at: null,
    });
    const record = (n: number, state: typeof before, list: typeof events) =>
      list.map((event, index) => ({ export_id: state.id, n: n + index, at: T0, event }));
    const sought = fold(before, events, T0);
    expect(effects(before, sought, record(5, before, events))).toContainEqual({
      kind: 'quote',
      key: `quote:${before.id}:6`,
      sink: 'dhl',
    });
    const next = made(sought, { do: 'record_quote', to: 'dhl', price: null });
    const begun = fold(sought, next, T0);
    expect(effects(sought, begun, record(7, before, next))).toContainEqual(
      expect.objectContaining({ kind: 'push', sink: 'dhl', key: begun.pushes[1]?.key }),
    );
  });

  it('hears of a quote only once, and of none that nobody asked for', () => {
    const begun = quoted(pushed(label(), NO_SERVICE), null);
    expect(made(begun, { do: 'record_quote', to: 'dhl', price: null })).toEqual([]);
    expect(made(label(), { do: 'record_quote', to: 'dhl', price: null })).toEqual([]);
  });

  it('is given up on after half a minute where another can stand in, and patiently asked where none can; a lost answer comes to a person in minutes', () => {
    const state = label();
    const { revision, pushes } = state;
    if (!revision || !pushes[0]) throw new Error('It has a push.');
    expect(retryOf(state, revision, pushes[0], 'retry').max_attempts).toBe(6);
    expect(retryOf(state, revision, pushes[0], 'unknown').max_attempts).toBe(12);
    const last = quoted(pushed(quoted(pushed(state, NO_SERVICE), null), NO_SERVICE), null);
    expect(tries(last).at(-1)).toBe('usps waiting');
    const push = last.pushes.at(-1);
    expect(push && retryOf(last, revision, push, 'retry').max_attempts).toBe(650);
    const silent = pushed(state, { kind: 'retry', cause: 'No connection.' }, true);
    expect(silent.alternate).toMatchObject({ to: 'dhl', code: 'sink_unreachable' });
  });

  it('leaves the order to logistics when nobody is left, with what each of them said', () => {
    const all = ['fedex', 'dhl'].reduce((state) => quoted(pushed(state, NO_SERVICE), null), label());
    const state = pushed(all, failure('package_over_limit', 'Too heavy'));
    expect(state).toMatchObject({
      status: 'paused',
      trouble: { code: 'label_pending', role: 'logistics', owner: ALICE, mend: 'Change shipment' },
    });
    expect(state.trouble?.message).toContain('FedEx: The service is not available');
    expect(state.trouble?.message).toContain('USPS: Too heavy.');
    expect(state.trouble?.remedy).toContain('Split the parcel');
  });
});

test.each([
  'address_invalid',
  'address_unverifiable',
  'contact_invalid',
  'customs_data_invalid',
  'package_spec_invalid',
])('%s is as wrong for the next carrier: a person mends it', (code) => {
  const state = pushed(label(), failure(code));
  expect(state).toMatchObject({ status: 'paused', alternate: null, trouble: { code } });
  expect(tries(state)).toEqual(['fedex failed']);
  expect(state.trouble?.mend).toMatch(/^Fix /);
});

describe('an answer that was lost', () => {
  it('keeps every alternate waiting until it is known', () => {
    const unknown = pushed(label(), { kind: 'unknown', cause: 'Timed out.' });
    expect(unknown).toMatchObject({ status: 'delivering', alternate: null });
    const found = pushed(unknown, NO_SERVICE);
    expect(found.alternate?.to).toBe('dhl');
  });

  it('stays unknown over a try that failed without telling, and then goes to a person', () => {
    const unknown = pushed(label(), { kind: 'unknown', cause: 'Timed out.' });
    const still = pushed(unknown, { kind: 'retry', cause: 'No connection.' });
    expect(tries(still)).toEqual(['fedex unknown']);
    const given = pushed(still, { kind: 'retry', cause: 'No connection.' }, true);
    expect(given).toMatchObject({
      status: 'failed',
      trouble: { code: 'outcome_unknown', role: 'logistics' },
    });
    expect(given.alternate).toBeNull();
  });

  it('is not overtaken by a report on the side', () => {
    const unknown = pushed(label(), { kind: 'unknown', cause: 'Timed out.' });
    const report = {
      do: 'raise_exception',
      sink: 'fedex',
      code: 'carrier_service_unavailable',
      message: '',
      metadata: {},
    } as const;
    expect(decide(unknown, report, context())).toMatchObject({ refused: 'not_waiting' });
  });
});

describe('somebody’s word', () => {
  const asking = (approve: 'never' | 'dearer' | 'always', price: Parameters<typeof quoted>[1]) =>
    quoted(pushed(label({ approve }), NO_SERVICE), price);

  test.each([
    ['never', eur('12.00'), false],
    ['never', eur('23.00'), false],
    ['never', null, false],
    ['never', eur('24.01'), true],
    ['never', { amount: '9.40', currency: 'USD', service: null }, true],
    ['dearer', eur('18.40'), false],
    ['dearer', eur('18.41'), true],
    ['dearer', null, true],
    ['always', eur('1.00'), true],
    ['always', null, true],
  ] as const)('with %s at %j is asked: %s', (approve, price, asks) => {
    expect(asking(approve, price).status).toBe(asks ? 'paused' : 'delivering');
  });

  it('is logistics’, told both carriers, the first one’s error and the difference', () => {
    const state = asking('dearer', eur('19.60'));
    expect(state).toMatchObject({
      status: 'paused',
      trouble: { code: 'label_pending', role: 'logistics', owner: ALICE },
      alternate: { from: 'fedex', to: 'dhl', dearer: { amount: '1.20', currency: 'EUR' } },
    });
    expect(state.trouble?.message).toContain('DHL Priority 19.60 EUR, 1.20 EUR more than FedEx');
  });

  it('sends it on without new acceptances, at the price that was agreed to', () => {
    const state = asking('never', eur('31.00'));
    const went = after(state, { do: 'use_alternate', by: ALICE, seen: 1 });
    expect(went).toMatchObject({ status: 'delivering', trouble: null, alternate: null, waiting_since: null });
    expect(went.acceptances).toEqual(state.acceptances);
    expect(went.pushes[1]?.operation.body['max_cost']).toEqual({ amount: '31.00', currency: 'EUR' });
    expect(made(state, { do: 'use_alternate', by: ALICE, seen: 1 })).toMatchObject([
      { type: 'failed_over', by: ALICE, cost: { amount: '31.00' }, dearer: { amount: '12.60' } },
    ]);
  });

  it('is nobody else’s, and only while it is asked for', () => {
    const state = asking('always', null);
    expect(decide(state, { do: 'use_alternate', by: BOB, seen: 1 }, context())).toMatchObject({
      refused: 'not_allowed',
    });
    expect(decide(label(), { do: 'use_alternate', by: ALICE, seen: 1 }, context())).toHaveProperty('refused');
    const went = after(state, { do: 'use_alternate', by: ALICE, seen: 1 });
    expect(decide(went, { do: 'use_alternate', by: ALICE, seen: 1 }, context())).toHaveProperty('refused');
  });

  it('cannot be given for an address that has grown old', () => {
    const state = asking('always', null);
    const later = context(T0 + 2 * 86_400_000);
    expect(decide(state, { do: 'use_alternate', by: ALICE, seen: 1 }, later)).toMatchObject({
      refused: 'stale_refused',
    });
  });

  it('can be a rejection or a resumption, as ever', () => {
    const state = asking('always', null);
    expect(after(state, { do: 'reject', by: ALICE, seen: 1, reason: 'Not worth it' }).status).toBe(
      'rejected',
    );
    const again = after(state, { do: 'resume', by: ALICE, note: 'FedEx serves it again' });
    expect(again).toMatchObject({ status: 'delivering', alternate: null, revision: { number: 2 } });
    expect(tries(again)).toEqual(['fedex waiting']);
  });
});

describe('redelivery', () => {
  it('sends only the last of the carriers again, never all of them', () => {
    const second = quoted(pushed(label(), NO_SERVICE), null);
    const failed = pushed(second, failure('carrier_auth_expired'));
    expect(failed).toMatchObject({ status: 'failed', trouble: { role: 'engineering' } });
    const again = after(failed, { do: 'redeliver', by: ALICE, newer: null });
    expect(tries(again)).toEqual(['fedex failed', 'dhl waiting']);
  });
});

describe('mending', () => {
  const wrong = () => pushed(label(), failure('address_invalid', 'No such street.'));
  const mend = (by: string, path: string, value: string) => {
    const state = wrong();
    const raw = structuredClone(state.raw) as never;
    put(raw, path, value);
    return { state, raw, by };
  };

  it('is for whoever settles the failure, within what it was about', async () => {
    const { read } = await import('../../../src/exports/receive.ts');
    const { readingOf } = await import('../../support/labels.ts');
    const edit = (path: string, value: string, by = ALICE) => {
      const { state, raw } = mend(by, path, value);
      const { envelope: _, nobody_left: __, ...repaired } = read(raw, readingOf({}), 2);
      return { state, decision: decide(state, { do: 'edit', by, seen: 1, repaired }, context()) };
    };
    const { state, decision } = edit('payload.ship_to.line1', 'Musterweg 9');
    expect(decision).toMatchObject({
      events: [
        { type: 'edited', mended: 'address_invalid' },
        { type: 'acceptance_recorded' },
        { type: 'accepted' },
        { type: 'delivery_begun' },
      ],
    });
    if (!('events' in decision)) throw new Error('It was refused.');
    const mended = fold(state, decision.events, T0, state.id);
    expect(mended).toMatchObject({ status: 'delivering', trouble: null, revision: { number: 2 } });
    expect(tries(mended)).toEqual(['fedex waiting']);
    expect(edit('payload.order_id', '7').decision).toMatchObject({ refused: 'not_editable' });
    expect(edit('payload.max_cost.amount', '90.00').decision).toMatchObject({ refused: 'not_editable' });
    expect(edit('payload.ship_to.line1', 'Musterweg 9', CAROL).decision).toMatchObject({
      refused: 'not_allowed',
    });
  });
});
