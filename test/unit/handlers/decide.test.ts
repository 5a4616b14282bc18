import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTION, INPUT, VALUE } from '../../../src/bot/ids.ts';
import { type Bench, DANIEL, GUEST, HANNAH, idOf, MEI, openBench, PRIYA, SOFIA } from './bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

describe('Accept', () => {
  it('decides at the click of the owner, and says nothing else', async () => {
    const { id, card } = await bench.arrive();
    expect(await bench.as(PRIYA).click(card, ACTION.accept)).toEqual({ acked: true });
    await vi.waitFor(async () => expect((await bench.state(id)).status).not.toBe('pending'));
    expect((await bench.state(id)).acceptances).toMatchObject([{ by: idOf(PRIYA), via: 'slack' }]);
    expect(bench.told(PRIYA)).toEqual([]);
  });

  it('tells someone else who may, and decides nothing', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(HANNAH).click(card, ACTION.accept);
    await vi.waitFor(() => expect(bench.told(HANNAH)).toEqual([expect.stringContaining('Priya Raman')]));
    expect((await bench.state(id)).status).toBe('pending');
  });

  it('tells an account outside the directory, and a guest, how to be known', async () => {
    const { id, card } = await bench.arrive();
    for (const user of [MEI, GUEST]) {
      await bench.as(user).click(card, ACTION.accept);
      await vi.waitFor(() =>
        expect(bench.told(user)).toEqual([expect.stringContaining('does not know this Slack account')]),
      );
    }
    expect((await bench.state(id)).status).toBe('pending');
  });

  it('asks before it accepts data that is too old, and accepts once confirmed', async () => {
    const old = new Date(Date.now() - 3_600_000).toISOString();
    const { id, card } = await bench.arrive({}, { refresh: { price: { as_of: old } } });
    await bench.as(PRIYA).click(card, ACTION.accept);
    const modal = await bench.as(PRIYA).waitForModal();
    expect((await bench.state(id)).status).toBe('pending');
    expect(await bench.as(PRIYA).submit(modal)).toMatchObject({ action: 'close' });
    expect((await bench.state(id)).acceptances).toMatchObject([{ confirmed_stale: ['price'] }]);
  });

  it('does one delivery once, however often Slack sends it', async () => {
    const { card } = await bench.arrive({ gate: 'two_step' });
    await bench.as(PRIYA).click(card, ACTION.accept);
    const [click] = bench.sandbox.control.deliveries({ type: 'block_actions' });
    for (let again = 0; again < 5; again += 1) {
      expect(await bench.sandbox.control.redeliver(click?.n ?? 0)).toMatchObject({ acked: true });
    }
    await bench.as(PRIYA).click(card, ACTION.accept);
    await vi.waitFor(() => expect(bench.told(PRIYA)).toEqual([expect.stringContaining('already accepted')]));
  });
});

describe('Reject', () => {
  it('opens a form, and rejects with the reason given there', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: 'Too cheap.' })).toMatchObject({ action: 'close' });
    expect(await bench.state(id)).toMatchObject({
      status: 'rejected',
      ending: { by: idOf(PRIYA), reason: 'Too cheap.' },
    });
  });

  it('keeps the form open, with the fault at the input, while the reason says nothing', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: '     ' })).toMatchObject({ action: 'errors' });
    const [open] = await bench.as(PRIYA).modals();
    expect(open?.errors[INPUT.reason]).toContain('Say why');
    expect((await bench.state(id)).status).toBe('pending');
  });

  it('opens no form for someone who may not reject', async () => {
    const { card } = await bench.arrive();
    await bench.as(SOFIA).click(card, ACTION.reject);
    await vi.waitFor(() => expect(bench.told(SOFIA)).toHaveLength(1));
    expect(await bench.as(SOFIA).modals()).toEqual([]);
  });

  it('asks the directory again when the form is submitted', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    const priya = bench.people.get(idOf(PRIYA));
    if (priya) bench.people.set(priya.id, { ...priya, active: false });
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: 'Too cheap.' })).toMatchObject({
      action: 'update',
    });
    expect(JSON.stringify(await bench.as(PRIYA).modals())).toContain('deactivated');
    expect((await bench.state(id)).status).toBe('pending');
  });

  it('says who was first when the other decision came in between', async () => {
    const { id, card } = await bench.arrive({ gate: 'two_step' });
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    await bench.desk.reject(id, idOf(HANNAH), 1, 'Not now.');
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: 'Too cheap.' })).toMatchObject({
      action: 'update',
    });
    expect(JSON.stringify(await bench.as(PRIYA).modals())).toContain('Hannah Lindqvist');
    expect((await bench.state(id)).ending).toMatchObject({ reason: 'Not now.' });
  });
});

describe('Withdraw', () => {
  it('is for the requester alone, with or without a reason', async () => {
    const source = { system: 'erp', reference: 'R-1', requested_by: idOf(SOFIA) };
    const { id, card } = await bench.arrive({}, { source });
    await bench.as(DANIEL).click(card, ACTION.withdraw);
    await vi.waitFor(() => expect(bench.told(DANIEL)).toEqual([expect.stringContaining('Sofia Marin')]));
    await bench.as(SOFIA).click(card, ACTION.withdraw);
    const modal = await bench.as(SOFIA).waitForModal();
    expect(await bench.as(SOFIA).submit(modal)).toMatchObject({ action: 'close' });
    expect(await bench.state(id)).toMatchObject({ status: 'withdrawn', ending: { reason: null } });
  });
});
