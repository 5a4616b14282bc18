import { afterEach, describe, expect, it, vi } from 'vitest';
import { ACTION, VALUE } from '../../../src/bot/ids.ts';
import type { Desk } from '../../../src/flow/ports.ts';
import { type Bench, DANIEL, HANNAH, openBench, PRIYA } from './bench.ts';

let bench: Bench;

const open = async (change: Partial<Desk> = {}) => {
  bench = await openBench({ desk: (desk) => ({ ...desk, ...change }) });
};

afterEach(() => bench.close());

const broken = () => Promise.reject(new Error('disk I/O error'));
const wentWrong = expect.stringContaining('Something went wrong');

describe('every click gets an answer', () => {
  it('when the decision breaks', async () => {
    await open({ accept: broken });
    const { card } = await bench.arrive();
    expect(await bench.as(PRIYA).click(card, ACTION.accept)).toEqual({ acked: true });
    await vi.waitFor(() => expect(bench.told(PRIYA)).toEqual([wentWrong]));
  });

  it('when a form breaks', async () => {
    let calls = 0;
    const reject: Desk['reject'] = () => {
      calls += 1;
      return calls === 1 ? Promise.resolve({ refused: 'reason_required', facts: {} }) : broken();
    };
    await open({ reject });
    const { card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: 'Too cheap.' })).toMatchObject({
      action: 'update',
    });
    await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('Something went wrong'));
  });

  it('by an ephemeral message when the response URL is refused, and directly when that is too', async () => {
    await open();
    const { card } = await bench.arrive();
    bench.sandbox.control.addFault({ match: { method: 'response_url' }, kind: '500', times: 2 });
    await bench.as(HANNAH).click(card, ACTION.accept);
    await vi.waitFor(() => expect(bench.told(HANNAH)).toHaveLength(1));
    bench.sandbox.control.addFault({ match: { method: 'chat.postEphemeral' }, kind: '500', times: 5 });
    await bench.as(HANNAH).click(card, ACTION.accept);
    await bench.as(HANNAH).waitForDirectMessage((message) => message.text.includes('Priya Raman'));
  });

  it('when Slack does not open the form', async () => {
    await open();
    const { card } = await bench.arrive();
    bench.sandbox.control.addFault({ match: { method: 'views.open' }, kind: '500', times: 5 });
    await bench.as(PRIYA).click(card, ACTION.reject);
    await vi.waitFor(() => expect(bench.told(PRIYA)).toEqual([wentWrong]));
  });

  it('by asking for another click when three seconds have passed before the form could open', async () => {
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench = await openBench({
      desk: (desk) => ({
        ...desk,
        async reject(...asked) {
          await blocked;
          return desk.reject(...asked);
        },
      }),
    });
    const { card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    bench.sandbox.control.advance(3_500);
    release();
    await vi.waitFor(() => expect(bench.told(PRIYA)).toEqual([expect.stringContaining('Click again')]));
  });

  it('without a fuss when the person has closed the review before it was filled', async () => {
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let shows = 0;
    bench = await openBench({
      desk: (desk) => ({
        ...desk,
        async show(id) {
          shows += 1;
          if (shows > 1) await blocked;
          return desk.show(id);
        },
      }),
    });
    const { card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.review);
    await bench.as(PRIYA).close(await bench.as(PRIYA).waitForModal());
    release();
    await vi.waitFor(() =>
      expect(bench.sandbox.control.calls({ method: 'views.update' })).toMatchObject([{ ok: false }]),
    );
    expect(bench.told(PRIYA)).toEqual([]);
  });

  it('in the form, at once, when a decision takes longer than Slack waits', async () => {
    let finish: () => void = () => undefined;
    let calls = 0;
    const refusal = { refused: 'reason_required', facts: {} } as const;
    const reject: Desk['reject'] = () => {
      calls += 1;
      if (calls === 1) return Promise.resolve(refusal);
      return new Promise((resolve) => {
        finish = () => resolve(refusal);
      });
    };
    await open({ reject });
    const { card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.reject);
    const modal = await bench.as(PRIYA).waitForModal();
    expect(await bench.as(PRIYA).submit(modal, { [VALUE]: 'Too cheap.' })).toMatchObject({
      action: 'update',
    });
    await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('longer than usual'));
    finish();
    await bench.as(PRIYA).waitForDirectMessage((message) => message.text.includes('Say why'));
  });
});

describe('acknowledgement', () => {
  it('comes before the decision, the directory and any call to Slack', async () => {
    let decide: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      decide = resolve;
    });
    bench = await openBench({
      desk: (desk) => ({
        ...desk,
        async whoIs(slack) {
          await blocked;
          return desk.whoIs(slack);
        },
      }),
    });
    const { id, card } = await bench.arrive();
    expect(await bench.as(PRIYA).click(card, ACTION.accept)).toEqual({ acked: true });
    expect(await bench.as(DANIEL).command('promo-approvals', '/exports')).toEqual({ acked: true });
    expect((await bench.state(id)).status).toBe('pending');
    decide();
    await vi.waitFor(async () => expect((await bench.state(id)).status).not.toBe('pending'));
  });
});
