import { put } from '../../support/fixtures.ts';
import { type House, PEOPLE } from '../../support/house.ts';
import { act, postIdOf, sendPromo, standing, stepped } from './errands.ts';

/** A change that somebody makes in Slack, and what must be true within a tick; null when it is. */
export type Change = {
  what: string;
  /** It needs many minutes of the test's clock, so `npm test` leaves it out. */
  slow?: true;
  run: (house: House, name: string) => Promise<string | null>;
};

const PROMOS = '#promo-approvals';
const SPARE = '#meshline-remediation';
const ON_CALL = '#on-call';
const PRICES = '#merchandising';
/** A second of the sweep, the calls, and the steps of the test's clock. */
const TICK_MS = 5_000;
const STEP_MS = 10;
const LONG_STEP_MS = 2_000;

type Card = { id: string; ts: string };

function isLive(house: House, channel: string): boolean {
  const { archived, members } = house.sandbox.control.channel(channel).info;
  return !archived && members.includes('U00APP');
}

/** Where a post of ours can be acted on. */
function placesOf(
  house: House,
  prefix: string,
): { channel: string; ts: string; text: string; blocks: string }[] {
  const { control } = house.sandbox;
  return control
    .conversations()
    .filter((channel) => isLive(house, channel))
    .flatMap((channel) =>
      control
        .messages(channel)
        .filter((message) => postIdOf(message).startsWith(prefix))
        .map(({ ts, text, blocks }) => ({
          channel: `#${control.channel(channel).info.name}`,
          ts,
          text,
          blocks: JSON.stringify(blocks),
        })),
    );
}

async function within(house: House, ms: number, what: string, done: () => boolean): Promise<string | null> {
  const step = ms > 60_000 ? LONG_STEP_MS : STEP_MS;
  return (await stepped(house).until(done, ms, step)) === null ? `${what} not within ${ms} ms` : null;
}

/** Steps to the end of what was asked; the first that is not so. */
async function all(...checks: (() => Promise<string | null>)[]): Promise<string | null> {
  for (const check of checks) {
    const wrong = await check();
    if (wrong !== null) return wrong;
  }
  return null;
}

async function cardOf(house: House, name: string): Promise<Card> {
  const id = await sendPromo(house, name);
  await stepped(house).until(() => placesOf(house, `card:${id}:`).length > 0, 30_000, 100);
  return { id, ts: placesOf(house, `card:${id}:`)[0]?.ts ?? '' };
}

/** The one card that is live stands in this channel. */
function oneIn(house: House, id: string, channel: string, ts?: string): boolean {
  const places = placesOf(house, `card:${id}:`);
  return places.length === 1 && places[0]?.channel === channel && (ts === undefined || places[0].ts !== ts);
}

const by = PEOPLE.priya.guid;
const reject = (house: House, id: string) => act(house, id, { do: 'reject', by, seen: 1, reason: 'No.' });
const send_back = (house: House, id: string) =>
  act(house, id, { do: 'request_changes', by, seen: 1, reason: 'Too deep.' });

/** Nothing waits any more. */
export async function over(house: House): Promise<void> {
  const pending = await house.meshline.flow.ledger.list({ status: 'pending', limit: 100 });
  for (const { id, owner } of pending)
    await act(house, id, { do: 'reject', by: owner, seen: 1, reason: 'No.' });
  await stepped(house).pass(1_000, 50);
}

async function again(house: House, { id, ts }: Card): Promise<string | null> {
  const said = () => placesOf(house, `card:${id}:`)[0]?.text ?? '';
  return all(
    () => within(house, TICK_MS, 'posted again', () => oneIn(house, id, PROMOS, ts)),
    async () => (said().startsWith('The card was deleted; here it is again. ') ? null : `says ${said()}`),
  );
}

async function deletedOnce(house: House, name: string): Promise<string | null> {
  const card = await cardOf(house, name);
  house.sandbox.control.deleteMessage(PROMOS, card.ts);
  return again(house, card);
}

async function deletedWithThread(house: House, name: string): Promise<string | null> {
  const card = await cardOf(house, name);
  await house.as('priya').say('C02PROMO', 'Who asked for this?', card.ts);
  // The card says that it was deleted until it next changes, and a comment is such a change.
  await stepped(house).pass(2_000, STEP_MS);
  house.sandbox.control.deleteMessage(PROMOS, card.ts);
  const wrong = await again(house, card);
  if (wrong !== null) return wrong;
  await send_back(house, card.id);
  return all(
    () => within(house, TICK_MS, 'the note', () => standing(house, `note:${card.id}:`).length === 1),
    () => within(house, TICK_MS, 'one card', () => oneIn(house, card.id, PROMOS, card.ts)),
  );
}

async function finishedDeleted(house: House, name: string): Promise<string | null> {
  const card = await cardOf(house, name);
  await reject(house, card.id);
  await stepped(house).pass(2_000, STEP_MS);
  house.sandbox.control.deleteMessage(PROMOS, card.ts);
  await stepped(house).pass(15_000, 500);
  return placesOf(house, `card:${card.id}:`).length === 0 ? null : 'posted again although it is over';
}

async function edited(house: House, name: string): Promise<string | null> {
  const card = await cardOf(house, name);
  house.sandbox.control.editMessage(PROMOS, card.ts, 'Approved by Priya Raman');
  await send_back(house, card.id);
  const text = () => placesOf(house, `card:${card.id}:`)[0]?.text ?? '';
  return within(
    house,
    TICK_MS,
    'the truth',
    () => text().includes(name) && !text().startsWith('Approved by'),
  );
}

async function deletedUnheard(house: House, name: string): Promise<string | null> {
  const card = await cardOf(house, name);
  await stepped(house).pass(61_000, 5_000);
  house.sandbox.control.useHttp(null);
  house.sandbox.control.deleteMessage(PROMOS, card.ts);
  hear(house);
  return within(house, 11 * 60_000, 'found by looking', () => oneIn(house, card.id, PROMOS, card.ts));
}

function hear({ sandbox, meshline }: House): void {
  const { signingSecret } = sandbox;
  sandbox.control.useHttp({ requestUrl: `${meshline.url}/slack/events`, signingSecret });
}

/** A channel that is closed, in one way or another, and opened again. */
function closed(
  what: string,
  close: (house: House) => void,
  open: (house: House) => void,
  ms = TICK_MS,
): Change {
  return {
    what,
    ...(ms > TICK_MS ? { slow: true } : {}),
    async run(house, name) {
      const { id } = await cardOf(house, name);
      if (ms > TICK_MS) await stepped(house).pass(61_000, 5_000);
      close(house);
      const wrong = await within(house, ms, 'moved', () => oneIn(house, id, SPARE));
      const later = await sendPromo(house, `${name}-later`);
      const also = await within(house, TICK_MS, 'a later one moved', () => oneIn(house, later, SPARE));
      await reject(house, id);
      const text = () => placesOf(house, `card:${id}:`)[0]?.text ?? '';
      const told = await within(house, TICK_MS, 'the decision', () => text().includes('Rejected'));
      open(house);
      const back = await sendPromo(house, `${name}-back`);
      const home = await within(house, 15_000, 'back in its channel', () => oneIn(house, back, PROMOS));
      return wrong ?? also ?? told ?? home;
    },
  };
}

async function bothClosed(house: House, name: string): Promise<string | null> {
  const { control } = house.sandbox;
  const { id } = await cardOf(house, name);
  control.archive(SPARE);
  control.removeBot(PROMOS);
  const wrong = await within(house, TICK_MS, 'on-call', () => oneIn(house, id, ON_CALL));
  control.archive(SPARE, false);
  control.inviteBot(PROMOS);
  return wrong;
}

async function renamed(house: House, name: string): Promise<string | null> {
  const { control } = house.sandbox;
  const { id, ts } = await cardOf(house, name);
  control.renameChannel(PROMOS, 'promos-new-name');
  await stepped(house).pass(11 * 60_000, 30_000);
  await send_back(house, id);
  const later = await sendPromo(house, `${name}-later`);
  const wrong = await all(
    () => within(house, TICK_MS, 'the later one', () => oneIn(house, later, '#promos-new-name')),
    async () => (placesOf(house, `card:${id}:`)[0]?.ts === ts ? null : 'the card moved'),
  );
  control.renameChannel('#promos-new-name', 'promo-approvals');
  return wrong;
}

async function madePrivate(house: House, name: string): Promise<string | null> {
  const { control } = house.sandbox;
  const { id, ts } = await cardOf(house, name);
  control.makePrivate(PROMOS);
  await send_back(house, id);
  const later = await sendPromo(house, `${name}-later`);
  const wrong = await within(house, TICK_MS, 'the later one', () => oneIn(house, later, PROMOS));
  control.channel(PROMOS).info.kind = 'public';
  return wrong ?? (oneIn(house, id, PROMOS) && placesOf(house, `card:${id}:`)[0]?.ts === ts ? null : 'moved');
}

function personGone(what: string, gone: (house: House) => void, back: (house: House) => void): Change {
  return {
    what,
    async run(house, name) {
      const { id } = await cardOf(house, name);
      gone(house);
      const types = async () => (await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type);
      const covered = await stepped(house).until(
        async () => (await types()).includes('covered'),
        TICK_MS,
        STEP_MS,
      );
      const blocks = () => placesOf(house, `card:${id}:`)[0]?.blocks ?? '';
      const shown = await within(house, TICK_MS, 'shown', () => blocks().includes(PEOPLE.daniel.slack));
      back(house);
      await stepped(house).pass(2_000, STEP_MS);
      return covered === null ? 'not covered' : shown;
    },
  };
}

function scopeGone(scope: string): Change {
  return {
    what: `the scope ${scope} taken away`,
    ...(scope === 'chat:write' ? { slow: true } : {}),
    async run(house, name) {
      const { control } = house.sandbox;
      const before = control.scopes();
      control.grantScopes(before.filter((each) => each !== scope));
      const id = await sendPromo(house, name);
      await stepped(house).pass(30_000, 1_000);
      control.grantScopes(before);
      return within(house, 15_000, 'posted', () => oneIn(house, id, PROMOS));
    },
  };
}

async function groupEmptied(house: House, name: string): Promise<string | null> {
  const { control } = house.sandbox;
  control.setUserGroup('S01ONCALL', []);
  const { id } = await cardOf(house, name);
  const paged = () => placesOf(house, `page:${id}:`);
  const wrong = await (async () => {
    const took = await stepped(house).until(() => paged().length > 0, 20 * 60_000, 10_000);
    if (took === null) return 'nobody was paged';
    const asked = (paged()[0]?.blocks ?? '').includes(PEOPLE.eli.slack);
    return asked ? null : 'the page reaches nobody';
  })();
  control.setUserGroup('S01ONCALL', [PEOPLE.eli.slack]);
  return wrong;
}

async function digestDeleted(house: House, name: string): Promise<string | null> {
  const { control } = house.sandbox;
  control.addFault({ match: { method: 'chat.postMessage' }, kind: 'ratelimited', retry_after: 2, times: 1 });
  const digest = () => placesOf(house, `digest:${PRICES}`);
  for (let n = 0; n < 24; n += 1) {
    await house.sendFixture('price_update', (raw) => {
      raw['idempotency_key'] = `${name}-${n}`;
      put(raw, 'payload.lines', [
        { sku: `${name}-${n}`, title: 'Thing', old_price: '100.00', new_price: '99.00' },
      ]);
    });
  }
  const came = await within(house, 30_000, 'a digest', () => digest().length === 1);
  if (came !== null) return came;
  await stepped(house).pass(3_000, 250);
  const ts = digest()[0]?.ts ?? '';
  control.deleteMessage(PRICES, ts);
  return within(house, TICK_MS, 'the digest again', () => digest().length === 1 && digest()[0]?.ts !== ts);
}

const promos = (act: 'archive' | 'open' | 'leave' | 'leave unheard' | 'return') => (house: House) => {
  const { control } = house.sandbox;
  switch (act) {
    case 'archive':
      return control.archive(PROMOS);
    case 'open':
      return control.archive(PROMOS, false);
    case 'leave':
      return control.removeBot(PROMOS);
    case 'leave unheard':
      return control.removeBotSilently(PROMOS);
    case 'return':
      return control.inviteBot(PROMOS);
  }
};

/** Leaves its house without the channel, so it is the last. */
async function channelDeleted(house: House, name: string): Promise<string | null> {
  const { id } = await cardOf(house, name);
  house.sandbox.control.deleteChannel(PROMOS);
  return within(house, TICK_MS, 'moved', () => oneIn(house, id, SPARE));
}

export const CHANGES: readonly Change[] = [
  { what: 'a card deleted', run: deletedOnce },
  { what: 'a card with replies deleted', run: deletedWithThread },
  { what: 'a finished card deleted', run: finishedDeleted },
  { what: 'a card edited', run: edited },
  { what: 'a card deleted unheard', slow: true, run: deletedUnheard },
  { what: 'a digest deleted', slow: true, run: digestDeleted },
  closed('a channel archived', promos('archive'), promos('open')),
  closed('the app removed', promos('leave'), promos('return')),
  closed('the app removed unheard', promos('leave unheard'), promos('return'), 11 * 60_000),
  { what: 'two channels closed', run: bothClosed },
  { what: 'a channel renamed', slow: true, run: renamed },
  { what: 'a channel made private', run: madePrivate },
  personGone(
    'a person deactivated',
    ({ sandbox }) => sandbox.control.deactivate(PEOPLE.priya.slack),
    ({ sandbox }) => sandbox.control.reactivate(PEOPLE.priya.slack),
  ),
  personGone(
    'a person made a guest',
    ({ sandbox }) => sandbox.control.changePerson(PEOPLE.priya.slack, { is_restricted: true }),
    ({ sandbox }) => sandbox.control.changePerson(PEOPLE.priya.slack, { is_restricted: false }),
  ),
  scopeGone('chat:write'),
  scopeGone('channels:history'),
  scopeGone('channels:read'),
  { what: 'the user group of on-call emptied', slow: true, run: groupEmptied },
  { what: 'a channel deleted', run: channelDeleted },
];
