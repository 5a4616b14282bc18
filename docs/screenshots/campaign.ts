import { setTimeout as pause } from 'node:timers/promises';
import { type Seat, shows } from '../../test/e2e/seat.ts';
import { aBrief, done } from '../../test/support/campaigns.ts';
import { type House, PEOPLE } from '../../test/support/house.ts';
import type { Shot, Stage } from '../screenshots.ts';
import { PROMO } from './steps.ts';

const MINUTE_MS = 60_000;
const SUPPLY = '#supply-chain';
const NAME = 'Beach days';

const PRODUCTS = [
  { sku: 'STRAW-HAT-01', title: 'Straw hat', price: '19.90' },
  { sku: 'SANDAL-TAN-39', title: 'Leather sandals, tan, 39', price: '79.00' },
  { sku: 'BEACH-TOTE-STR', title: 'Beach tote, striped', price: '24.90' },
  { sku: 'SUN-TOWEL-XL', title: 'Sun towel, XL', price: '34.50' },
  { sku: 'LIN-SHIRT-WHT-S', title: 'Linen shirt, white, S', price: '49.90' },
  { sku: 'LIN-SHIRT-WHT-M', title: 'Linen shirt, white, M', price: '49.90' },
];

type What = 'activate' | 'publish' | 'end';

/** A campaign as Sofia briefed it, some minutes before. */
async function briefed({ house }: Stage, over: Parameters<typeof aBrief>[1] = {}): Promise<string> {
  const brief = aBrief(house.clock.now(), {
    name: NAME,
    products: PRODUCTS,
    keywords: ['beach days', 'summer sale'],
    landing_urls: ['https://shop.example/beach-days'],
    creative_ids: ['CR-2201'],
    ...over,
  });
  const { id } = await done(house.meshline.campaigns.create(PEOPLE.sofia.guid, brief, 'slack'));
  house.clock.leap(4 * MINUTE_MS);
  return id;
}

async function exportOf(house: House, id: string, what: What, status: string): Promise<string> {
  for (;;) {
    const campaign = await house.meshline.flow.ledger.campaign(id);
    const found = campaign?.exports.findLast((each) => each.what === what && each.status === status);
    if (found) return found.export_id;
    await pause(20);
  }
}

async function ready(stage: Stage): Promise<string> {
  const id = await briefed(stage);
  await done(stage.house.meshline.campaigns.ready(id, PEOPLE.sofia.guid, 1));
  await exportOf(stage.house, id, 'activate', 'pending');
  return id;
}

/** Marketing and operations both accept what waits of a campaign. */
async function accepted(house: House, id: string, what: What): Promise<void> {
  const exportId = await exportOf(house, id, what, 'pending');
  for (const person of ['priya', 'hannah'] as const) {
    const actor = house.as(person);
    const card = await actor.waitForMessage(PROMO, ({ blocks }) => {
      const text = JSON.stringify(blocks ?? []);
      const half = person === 'priya' || text.includes('1 of 2');
      return text.includes(exportId) && text.includes('"accept"') && half;
    });
    await actor.click(card, 'accept');
  }
}

async function short(stage: Stage): Promise<string> {
  const { house } = stage;
  house.sinks.setMode('oms', 'short_once');
  const id = await ready(stage);
  await accepted(house, id, 'activate');
  await exportOf(house, id, 'activate', 'paused');
  return id;
}

async function live(stage: Stage): Promise<string> {
  const { house } = stage;
  const id = await short(stage);
  house.clock.leap(3 * MINUTE_MS);
  const grace = house.as('grace');
  await grace.click(await grace.waitForMessage(SUPPLY, ({ text }) => text.includes('short')), 'take_out');
  await accepted(house, id, 'activate');
  await accepted(house, id, 'publish');
  await until(house, id, 'live');
  return id;
}

async function ended(stage: Stage): Promise<string> {
  const { house } = stage;
  const id = await live(stage);
  house.clock.leap(25 * MINUTE_MS);
  await done(
    house.meshline.campaigns.rollBack(id, PEOPLE.priya.guid, 'Too many returns of the sandals.', false),
  );
  await until(house, id, 'ended');
  return id;
}

async function until(house: House, id: string, status: string): Promise<void> {
  while ((await house.meshline.flow.ledger.campaign(id))?.status !== status) await pause(20);
}

function cardOf(seat: Seat) {
  return seat.card(`📣 ${NAME}`);
}

function shot(name: string, come: (stage: Stage) => Promise<unknown>, says: string): Shot {
  return {
    name: `card-campaign-${name}`,
    async stage(stage) {
      await come(stage);
      const seat = await stage.sit('priya', PROMO);
      await shows(cardOf(seat), says);
      return cardOf(seat);
    },
  };
}

function shortage(
  name: string,
  person: 'grace' | 'priya',
  place: '#supply-chain' | '#promo-approvals',
): Shot {
  return {
    name,
    async stage(stage) {
      await short(stage);
      const seat = await stage.sit(person, place);
      const card = seat.card(person === 'grace' ? 'short by' : 'has it in');
      await card.waitFor();
      return card;
    },
  };
}

/** A campaign in every state, what it is short of, and who is asked about its keywords. */
export const CAMPAIGN: readonly Shot[] = [
  shot('draft', briefed, 'Draft'),
  shot('ready', ready, 'Ready'),
  shot('short', short, 'insufficient inventory'),
  shot('live', live, 'Live'),
  shot('ended', ended, 'Ended'),
  {
    name: 'campaign-thread',
    size: { width: 1280, height: 1100 },
    async stage(stage) {
      await ended(stage);
      const seat = await stage.sit('priya', PROMO);
      const thread = await seat.openThread(cardOf(seat));
      await shows(thread, 'Ended');
      return thread;
    },
  },
  shortage('card-short', 'grace', '#supply-chain'),
  shortage('card-short-owner', 'priya', '#promo-approvals'),
  {
    name: 'card-short-asks',
    async stage(stage) {
      await short(stage);
      const seat = await stage.sit('grace', SUPPLY);
      await seat.press(seat.card('short by'), 'take_out');
      await seat.page.getByTestId('confirm-ok').waitFor();
      return seat;
    },
  },
  {
    name: 'modal-short-review',
    async stage(stage) {
      await short(stage);
      const seat = await stage.sit('grace', SUPPLY);
      await seat.press(seat.card('short by'), 'review');
      await shows(seat.modal, 'What changes');
      return seat.modal;
    },
  },
  {
    name: 'campaign-claim',
    async stage(stage) {
      await briefed(stage);
      const { campaigns } = stage.house.meshline;
      const rival = aBrief(stage.house.clock.now(), {
        name: 'Last of summer',
        keywords: ['Summer  Sale', 'last of summer'],
        landing_urls: ['https://shop.example/beach-days/'],
      });
      await done(campaigns.create(PEOPLE.daniel.guid, rival, 'slack'));
      const seat = await stage.sit('priya', 'messages');
      await shows(seat.card('wants to use'), 'Keep it');
      return seat.card('wants to use');
    },
  },
];
