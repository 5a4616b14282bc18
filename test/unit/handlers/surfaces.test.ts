import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTION } from '../../../src/bot/ids.ts';
import { type Bench, DANIEL, HANNAH, MEI, openBench, PRIYA, SOFIA, TEAM } from './bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

describe('Review', () => {
  it('opens at once and is then filled, for anyone in the directory', async () => {
    const { card } = await bench.arrive({ subject: 'Summer prices' });
    await bench.as(SOFIA).click(card, ACTION.review);
    const modal = await bench
      .as(SOFIA)
      .waitForModal((view) => JSON.stringify(view).includes('Summer prices'));
    expect(modal.submit).toBeNull();
    const methods = bench.sandbox.control.calls().map((call) => call.method);
    expect(methods.indexOf('views.open')).toBeLessThan(methods.indexOf('views.update'));
  });

  it('decides from inside, and then shows that it is recorded', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.review);
    const modal = await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('"accept"'));
    await bench.as(PRIYA).clickInView(modal, ACTION.accept);
    await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('Recorded'));
    expect((await bench.state(id)).status).not.toBe('pending');
  });

  it('answers a refusal on top of it', async () => {
    const { id, card } = await bench.arrive();
    await bench.as(PRIYA).click(card, ACTION.review);
    const modal = await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('"accept"'));
    await bench.desk.reject(id, [...bench.people.keys()][0] ?? '', 1, 'Not now.');
    await bench.as(PRIYA).clickInView(modal, ACTION.accept);
    await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('already rejected'));
    expect(await bench.as(PRIYA).modals()).toHaveLength(2);
  });
});

describe('App Home', () => {
  it('shows what waits for the person, page by page', async () => {
    for (let n = 0; n < 12; n += 1) await bench.arrive();
    await bench.as(PRIYA).openHome();
    const first = await bench.as(PRIYA).waitForHome((view) => JSON.stringify(view).includes('12 exports'));
    await bench.as(PRIYA).clickInView(first, ACTION.homeOn);
    const second = await bench.as(PRIYA).waitForHome((view) => JSON.stringify(view).includes('Page 2 of 2'));
    await bench.as(PRIYA).clickInView(second, ACTION.homeBack);
    await bench.as(PRIYA).waitForHome((view) => JSON.stringify(view).includes('Page 1 of 2'));
  });

  it('tells a stranger how to be known', async () => {
    await bench.as(MEI).openHome();
    await bench
      .as(MEI)
      .waitForHome((view) => JSON.stringify(view).includes('does not know this Slack account'));
  });

  it('opens the review from there', async () => {
    const { id } = await bench.arrive({ subject: 'Autumn' });
    await bench.as(PRIYA).openHome();
    const home = await bench.as(PRIYA).waitForHome((view) => JSON.stringify(view).includes('Autumn'));
    await bench.as(PRIYA).clickInView(home, ACTION.review);
    await bench.as(PRIYA).waitForModal((view) => JSON.stringify(view).includes('Autumn'));
    expect((await bench.state(id)).status).toBe('pending');
  });
});

describe('/exports', () => {
  const said = async (user: string, text: string) => {
    await bench.as(user).command('promo-approvals', '/exports', text);
    await vi.waitFor(() => expect(bench.told(user)).toHaveLength(1));
    const own = bench.sandbox.control.ephemerals('promo-approvals').filter((m) => m.ephemeral_to === user);
    return own.map((m) => JSON.stringify([m.text, m.blocks]))[0];
  };

  it('lists what waits for the person', async () => {
    await bench.arrive({ subject: 'Winter' });
    expect(await said(PRIYA, '')).toContain('Winter');
  });

  it('says so when nothing waits', async () => {
    await bench.arrive();
    expect(await said(HANNAH, '')).toContain('Nothing waits for you');
  });

  it('shows one export by its whole id and by its short one', async () => {
    const { id } = await bench.arrive({ subject: 'Spring' });
    expect(await said(DANIEL, `show ${id}`)).toContain('Spring');
    const short = id.replaceAll('-', '').slice(-8);
    expect(await said(PRIYA, `show ${short}`)).toContain('Spring');
  });

  it.each(['help', 'shwo', 'show', 'show nothing', 'show 12345678', 'show a b', 'drop <!channel>'])(
    'says what to type for "%s"',
    async (text) => {
      const told = await said(PRIYA, text);
      expect(told).toContain('/exports show ID');
      expect(told).not.toContain('<!channel>');
    },
  );

  it('refuses a stranger', async () => {
    expect(await said(MEI, '')).toContain('does not know this Slack account');
  });
});

describe('people who come and go', () => {
  it('passes on who was deactivated or made a guest, once for each event', async () => {
    bench.sandbox.control.deactivate(DANIEL);
    bench.sandbox.control.changePerson(HANNAH, { is_restricted: true });
    await vi.waitFor(() => expect(bench.changes).toHaveLength(2));
    const [event] = bench.sandbox.control.deliveries({ type: 'user_change' });
    await bench.sandbox.control.redeliver(event?.n ?? 0);
    expect(bench.changes).toEqual([
      { team: TEAM, user: DANIEL, deleted: true, restricted: false },
      { team: TEAM, user: HANNAH, deleted: false, restricted: true },
    ]);
  });
});
