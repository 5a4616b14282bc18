import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../src/sinks/carriers/budget.ts';
import { shipDate, sizeIn, tooDear, weightIn } from '../../../src/sinks/carriers/label-request.ts';
import { quotedAt, quoteStands } from '../../../src/sinks/carriers/quote-cursor.ts';
import { labelReference } from '../../../src/sinks/carriers/reference.ts';
import { streetLines } from '../../../src/sinks/fedex/shipment.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';

describe('units', () => {
  it.each([
    ['2', 'lb', 'LB', 2, 2],
    ['32', 'oz', 'LB', 4, 2],
    ['1', 'kg', 'LB', 4, 2.2047],
    ['453.5923', 'g', 'LB', 2, 1],
    ['453.5924', 'g', 'LB', 2, 1.01],
    ['1.85', 'kg', 'KG', 2, 1.85],
    ['1850.001', 'g', 'KG', 2, 1.86],
  ] as const)('%s %s in %s to %i places is %d', (value, unit, to, places, expected) => {
    expect(weightIn(to, { value, unit }, places)).toBe(expected);
  });

  it('of sides are rounded up too', () => {
    const size = { length: '10', width: '2.5', height: '1.0001', unit: 'in' } as const;
    expect(sizeIn('IN', size, 0)).toEqual([10, 3, 2]);
    expect(sizeIn('CM', size, 0)).toEqual([26, 7, 3]);
    expect(sizeIn('IN', { ...size, unit: 'mm' }, 2)).toEqual([0.4, 0.1, 0.04]);
  });
});

describe('a ship date', () => {
  it.each([
    ['2026-11-23', 'UTC', '2026-11-24'],
    ['2026-11-24', 'UTC', '2026-11-24'],
    ['2026-11-30', 'UTC', '2026-11-30'],
    ['2026-11-24', 'Pacific/Kiritimati', '2026-11-24'],
    ['2026-11-23', 'Pacific/Kiritimati', '2026-11-24'],
    ['2026-11-23', 'Pacific/Niue', '2026-11-23'],
  ])('%s in %s leaves on %s', (wanted, zone, expected) => {
    expect(shipDate(wanted, T0, zone)).toBe(expected);
  });
});

describe('a price', () => {
  const usd = (amount: string) => ({ amount, currency: 'USD' });
  it('is compared exactly', () => {
    expect(tooDear('X', usd('10.1'), usd('10.10'))).toBeNull();
    expect(tooDear('X', usd('10.1001'), usd('10.10'))).toMatchObject({ exception_code: 'label_pending' });
  });

  it('stands for ten minutes, whichever way the clock went', () => {
    const cursor = quotedAt(T0);
    expect([T0, T0 + 599_999, T0 - 599_999].map((now) => quoteStands(cursor, now))).toEqual([
      true,
      true,
      true,
    ]);
    expect([T0 + 600_000, T0 - 600_000].map((now) => quoteStands(cursor, now))).toEqual([false, false]);
    expect([null, '1', 'undo', 'quoted:x'].map((other) => quoteStands(other, T0))).toEqual(
      Array(4).fill(false),
    );
  });
});

describe('our reference', () => {
  it('is the same for a key, another for another, and fits every carrier', () => {
    expect(labelReference('a')).toBe(labelReference('a'));
    expect(labelReference('a')).not.toBe(labelReference('b'));
    expect(labelReference('push:01930000:label:fedex')).toMatch(/^ML[0-9A-F]{24}$/u);
  });
});

describe('a budget of calls', () => {
  it('slides, and says when there is room', () => {
    const clock = new ManualClock();
    const budget = createBudget(clock, { calls: 3, window_ms: 1_000 });
    expect(budget.take(2)).toBeNull();
    clock.advance(400);
    expect(budget.take(1)).toBeNull();
    expect(budget.take(1)).toBe(600);
    expect(budget.take(3)).toBe(1_000);
    clock.advance(600);
    expect(budget.take(2)).toBeNull();
    expect(budget.take(1)).toBe(400);
  });

  it('lets through what is more than a window holds when nothing else was taken', () => {
    const clock = new ManualClock();
    const budget = createBudget(clock, { calls: 3, window_ms: 1_000 });
    expect(budget.take(9)).toBeNull();
    expect(budget.take(1)).toBe(1_000);
  });

  it('stays closed for as long as the far side says', () => {
    const clock = new ManualClock();
    const budget = createBudget(clock, { calls: 3, window_ms: 1_000 });
    budget.spent(5_000);
    expect(budget.take(1)).toBe(5_000);
    clock.advance(5_000);
    expect(budget.take(1)).toBeNull();
  });
});

describe('a street at FedEx', () => {
  const address = (line1: string, line2: string | null = null) => ({
    name: 'A',
    company: null,
    line1,
    line2,
    city: 'B',
    region: null,
    postal_code: null,
    country: 'DE',
    phone: null,
    email: null,
  });
  it('is broken between words into three lines', () => {
    expect(streetLines(address('10 Long Road Behind The Old Water Tower Near The River', 'Floor 2'))).toEqual(
      ['10 Long Road Behind The Old Water', 'Tower Near The River', 'Floor 2'],
    );
    expect(streetLines(address('x'.repeat(36)))).toBeNull();
    expect(streetLines(address('word '.repeat(24), 'y'.repeat(35)))).toBeNull();
  });
});
