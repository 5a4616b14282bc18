import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTION, INPUT, VALUE } from '../../../src/bot/ids.ts';
import { type Bench, DANIEL, ELI, HANNAH, idOf, MEI, OMAR, openBench, PRIYA, TEAM } from './bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

describe('Fix', () => {
  it('keeps the form open with what is wrong, and releases the export when nothing is', async () => {
    const { id, card } = await bench.arrive({ value: 5_000 });
    expect((await bench.state(id)).status).toBe('quarantined');
    await bench.as(ELI).click(card, ACTION.fix);
    const modal = await bench.as(ELI).waitForModal();
    expect(await bench.as(ELI).submit(modal, { [VALUE]: '4000' })).toMatchObject({ action: 'errors' });
    const [open] = await bench.as(ELI).modals();
    expect(JSON.stringify(open?.errors)).toContain('Too high.');
    expect(await bench.as(ELI).submit(modal, { [VALUE]: '7' })).toMatchObject({ action: 'close' });
    expect(await bench.state(id)).toMatchObject({ status: 'pending', revision: { payload: { value: 7 } } });
  });

  it('opens no form for someone who may not repair, and says who may', async () => {
    const { card } = await bench.arrive({ value: 5_000 });
    await bench.as(HANNAH).click(card, ACTION.fix);
    await vi.waitFor(() => expect(bench.told(HANNAH)).toEqual([expect.stringContaining('Eli Brooks')]));
    expect(await bench.as(HANNAH).modals()).toEqual([]);
  });
});

describe('Assign owner', () => {
  const ownerless = { owner_role: 'logistics' } as const;

  it('gives the export to a person who holds the role', async () => {
    for (const user of [OMAR]) await bench.desk.whoIs({ team: TEAM, user });
    const { id, card } = await bench.arrive({}, ownerless);
    expect((await bench.state(id)).problems.map((each) => each.code)).toEqual(['no_owner']);
    await bench.as(ELI).click(card, ACTION.assignOwner);
    const modal = await bench.as(ELI).waitForModal();
    const chosen = (owner: string, role: string) => ({
      [INPUT.owner]: { [VALUE]: { type: 'users_select', selected_user: owner } },
      [INPUT.role]: { [VALUE]: { type: 'static_select', selected_option: { value: role } } },
    });
    const submit = async (owner: string, role: string) => {
      const response = await fetch(`${bench.sandbox.url}/ui/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: ELI, view_id: modal.id, values: chosen(owner, role) }),
      });
      return response.json();
    };
    expect(await submit(MEI, 'operations')).toMatchObject({ action: 'errors' });
    expect(JSON.stringify(await bench.as(ELI).modals())).toContain('does not know this Slack account');
    expect(await submit(OMAR, 'marketing_ops')).toMatchObject({ action: 'errors' });
    expect(JSON.stringify(await bench.as(ELI).modals())).toContain('do not hold the role');
    expect(await submit(OMAR, 'operations')).toMatchObject({ action: 'close' });
    expect((await bench.state(id)).route).toMatchObject({ owner: idOf(OMAR), role: 'operations' });
  });

  it('is for those who repair', async () => {
    const { card } = await bench.arrive({}, ownerless);
    await bench.as(DANIEL).click(card, ACTION.assignOwner);
    await vi.waitFor(() => expect(bench.told(DANIEL)).toEqual([expect.stringContaining('Eli Brooks')]));
  });
});

describe('Resume', () => {
  it('asks what was done, and has the export accepted again', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.accept);
    await vi.waitFor(async () => expect((await bench.state(id)).acceptances).toHaveLength(1));
    await bench.trouble(id, 'insufficient_inventory');
    const paused = await bench.show(id);
    await bench.as(HANNAH).click(paused, ACTION.resume);
    await vi.waitFor(() => expect(bench.told(HANNAH)).toHaveLength(1));
    await bench.as(OMAR).click(paused, ACTION.resume);
    const modal = await bench.as(OMAR).waitForModal();
    expect(await bench.as(OMAR).submit(modal, { [VALUE]: '   ' })).toMatchObject({ action: 'errors' });
    expect(await bench.as(OMAR).submit(modal, { [VALUE]: 'Restocked.' })).toMatchObject({ action: 'close' });
    expect((await bench.state(id)).status).toBe('pending');
  });
});

describe('Redeliver', () => {
  it('says so when nothing has failed', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.accept);
    await vi.waitFor(async () => expect((await bench.state(id)).acceptances).toHaveLength(1));
    await bench.trouble(id, 'unheard_of');
    const failed = await bench.show(id);
    expect((await bench.state(id)).status).toBe('failed');
    await bench.as(HANNAH).click(failed, ACTION.redeliver);
    await vi.waitFor(() => expect(bench.told(HANNAH)).toHaveLength(1));
  });
});
