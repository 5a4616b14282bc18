import type { Fault } from '../../../sandbox/faults.ts';
import { approvalCard } from '../../../src/bot/card.ts';
import { createCatalog } from '../../../src/exports/catalog.ts';
import type { EventType } from '../../../src/exports/events.ts';
import { TERMINAL } from '../../../src/exports/words.ts';
import { scaled } from '../../proof/scale.ts';
import { put } from '../../support/fixtures.ts';
import { type House, PEOPLE } from '../../support/house.ts';
import type { Chance } from '../town/chance.ts';
import { earlyCalls } from './early.ts';
import { act, postIdOf, stepped } from './errands.ts';

const HOUR_MS = 60 * 60_000;
/** At first every second is looked at, to see that nobody hammers on a closed door. */
const CLOSE_LOOK_MS = 90_000;
/** A question every five seconds, what was on its way, and two lines that knock. */
const CALLS_IN_CLOSE_LOOK = 18 + 15;
const KNOCKS_IN_CLOSE_LOOK = 60;
const MOST_LOAD = scaled({ short: 6, quick: 24, full: 24 });
const DRAIN_WITHIN_MS = 30 * 60_000;

const HOWS: readonly [Fault['kind'], ...Fault['kind'][]] = ['reset', '500', 'html_502', 'html', 'not_json'];

export type Found = { lost: number; doubled: number; wrong: number; notes: string[] };

/** Nobody needs to hear of these once it is over. */
const LADDER: readonly EventType[] = ['reminded', 'escalated', 'paged'];

const catalog = createCatalog();

/** One Slack outage of about six hours, from the cards before it until everything stands again. */
export async function outage(house: House, name: string, luck: Chance): Promise<Found> {
  const clock = stepped(house);
  const { control } = house.sandbox;
  const found: Found = { lost: 0, doubled: 0, wrong: 0, notes: [] };
  const wrong = (what: string) => {
    found.wrong += 1;
    found.notes.push(`${name}: ${what}`);
  };
  const people: string[] = [];
  const machines: string[] = [];

  const before = luck.between(1, 6);
  for (let n = 0; n < before; n += 1) people.push(await promo(house, `${name}-before-${n}`, 1));
  await clock.until(() => people.every((id) => standing(house, `card:${id}:`).length > 0), 60_000, 250);

  const begun = control.calls().length;
  control.addFault({ kind: luck.pick(HOWS), times: 0 });
  control.sockets('drop');
  people.push(await promo(house, `${name}-first`, 1));
  await clock.pass(CLOSE_LOOK_MS, 1_000);
  const calls = control.calls().slice(begun);
  const knocks = calls.filter(({ method }) => method === 'apps.connections.open').length;
  if (calls.length - knocks > CALLS_IN_CLOSE_LOOK)
    wrong(`${calls.length - knocks} calls in the first minutes`);
  if (knocks > KNOCKS_IN_CLOSE_LOOK) wrong(`${knocks} knocks in the first minutes`);

  const ends = clock.monotonic() + luck.between(5 * HOUR_MS, 7 * HOUR_MS);
  const load = luck.between(4, MOST_LOAD);
  for (let n = 0; n < load; n += 1) {
    const which = luck.between(0, 5);
    const one = people[luck.between(0, people.length - 1)] ?? '';
    if (which <= 1) people.push(await promo(house, `${name}-${n}`, 1));
    if (which === 2) people.push(await promo(house, `${name}-${luck.between(0, n)}`, n + 2));
    if (which === 3) {
      const id = await machine(house, `${name}-machine-${n}`);
      machines.push(id);
      await clock.until(async () => (await statusOf(house, id)) === 'delivered', 20_000, 20);
    }
    if (which === 4) await decided(house, one, 'request_changes');
    if (which === 5) await decided(house, one, 'reject');
    await clock.pass((ends - clock.monotonic()) / (load - n), luck.between(60_000, 240_000));
  }
  for (const id of machines) {
    const status = await statusOf(house, id);
    if (status !== 'delivered') wrong(`what policy accepts waited for Slack: ${status}`);
  }

  control.clearFaults();
  control.setRateLimits(true);
  const returned = control.calls().length;
  const { ledger } = house.meshline.flow;
  const waits = async () =>
    (await ledger.waiting(clock.now() + HOUR_MS, 500)).some(({ lane }) => lane.startsWith('slack:'));
  // What is on its way is not listed as waiting, so it has to be quiet for a while.
  let quiet = 0;
  const drained = await clock.until(
    async () => {
      quiet = (await waits()) ? 0 : quiet + 1;
      return quiet > 20;
    },
    DRAIN_WITHIN_MS,
    200,
  );
  if (drained === null) wrong('it does not end');
  control.setRateLimits(false);
  const after = control.calls().slice(returned);
  if (earlyCalls(after).length > 0) wrong(`${earlyCalls(after).length} early calls`);
  await judge(house, people, found, name);
  return found;
}

async function statusOf({ meshline }: House, id: string) {
  return (await meshline.flow.ledger.get(id))?.status;
}

async function promo(house: House, name: string, version: number): Promise<string> {
  const { body } = await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = `${name}-${version}`;
    raw['campaign_id'] = name;
    raw['source'] = { ...(raw['source'] as object), requested_by: PEOPLE.mei.guid };
    put(raw, 'payload.campaign_name', `${name} v${version}`);
  });
  return body.export_id ?? '';
}

async function machine(house: House, name: string): Promise<string> {
  const { body } = await house.sendFixture(
    'inventory_delta',
    (raw) => {
      raw['idempotency_key'] = name;
      put(raw, 'payload.lines.0.sku', name);
    },
    'erp',
  );
  return body.export_id ?? '';
}

/** As somebody whose word came another way; what cannot be decided any more is left. */
async function decided(house: House, id: string, what: 'request_changes' | 'reject'): Promise<void> {
  const state = await house.meshline.flow.ledger.get(id);
  if (!state || state.status !== 'pending' || state.returned) return;
  const seen = state.revision?.number ?? 1;
  await act(house, id, { do: what, by: PEOPLE.priya.guid, seen, reason: 'Told by telephone.' });
}

function standing({ sandbox: { control } }: House, prefix: string) {
  return control
    .conversations()
    .flatMap((channel) => [...control.messages(channel)])
    .filter((message) => postIdOf(message).startsWith(prefix));
}

/** Every export has one card that says how it is now; what happened is told once, and nothing that is moot. */
async function judge(house: House, people: readonly string[], found: Found, name: string): Promise<void> {
  const { flow } = house.meshline;
  for (const id of new Set(people)) {
    const state = await flow.ledger.get(id);
    if (!state) throw new Error(`There is no export ${id}.`);
    const cards = standing(house, `card:${id}:`);
    if (cards.length === 0 && state.status !== 'superseded') {
      found.lost += 1;
      found.notes.push(`${name}: no card of ${state.status} ${id}`);
    }
    if (cards.length > 1) found.doubled += 1;
    const { directory } = flow.settings();
    const shown = { state, directory, now: flow.clock.now() };
    const now = approvalCard(shown, catalog, state.route.channel).text;
    for (const card of cards)
      if (plain(card.text) !== plain(now)) {
        found.wrong += 1;
        found.notes.push(`${name}: a card says “${card.text}” and not “${now}”`);
      }
    const events = await flow.ledger.events(id);
    const over = TERMINAL.has(state.status);
    for (const { n, event } of events) {
      const notes = standing(house, `note:${id}:${n}`).filter(
        (message) => postIdOf(message) === `note:${id}:${n}`,
      );
      if (notes.length > 1) found.doubled += 1;
      const told =
        event.type === 'rejected' || event.type === 'changes_requested' || event.type === 'expired';
      if (told && notes.length === 0) {
        found.lost += 1;
        found.notes.push(`${name}: nobody was told that it was ${event.type}`);
      }
      const late = Number(notes[0]?.ts ?? 0) * 1000 > (events.at(-1)?.at ?? 0) + 1_000;
      if (notes.length > 0 && over && late && LADDER.includes(event.type)) {
        found.wrong += 1;
        found.notes.push(`${name}: ${event.type} was told although it was ${state.status}`);
      }
    }
  }
}

/** Times are told as they are; what was due is told as such once it is drawn again. */
function plain(text: string): string {
  return text.replaceAll('&amp;', '&');
}
