import { setTimeout as pause } from 'node:timers/promises';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { type Seat, shows } from '../../test/e2e/seat.ts';
import { aBrief } from '../../test/support/campaigns.ts';
import { PEOPLE } from '../../test/support/house.ts';
import { goLive, shopSink, withShop } from '../../test/support/shop-sink.ts';
import type { Shot, Stage } from '../screenshots.ts';
import { PROMO } from './steps.ts';

const PRICES = { 'TEE-BLK-M': '25.00', 'TEE-BLK-L': '25.00', 'CAP-RED': '18.00' };
const SHOP = shopSink(PRICES);

const HIGH = { width: 900, height: 2100 };

/** The form of a new brief, with what a marketer types into it. */
async function briefing(stage: Stage): Promise<Seat> {
  const seat = await stage.sit('priya', PROMO);
  await seat.page.getByTestId('composer').waitFor();
  await stage.house.as('priya').shortcut('new_promo');
  await shows(seat.modal, 'Kind of offer');
  return seat;
}

async function fill(seat: Seat, typed: Readonly<Record<string, string>>): Promise<void> {
  for (const [block, text] of Object.entries(typed)) await seat.field(block).fill(text);
}

const TYPED = {
  [BRIEF.name]: 'Autumn Linen',
  [BRIEF.products]:
    'sku,title,price\nTEE-BLK-M,Black tee M,25.00\nTEE-BLK-L,Black tee L,25.00\nCAP-RED,Red cap,18.00',
  [BRIEF.percent]: '20',
  [BRIEF.currency]: 'EUR',
  [BRIEF.channels]: 'shopify',
  [BRIEF.landing]: 'https://shop.example/autumn-linen',
  [BRIEF.keywords]: 'autumn linen\nlinen shirts',
};

/** A campaign of Priya's, which waits for acceptance unless told. */
async function campaign(
  { house }: Stage,
  ready = true,
  over: Parameters<typeof aBrief>[1] = {},
): Promise<string> {
  const { campaigns, flow } = house.meshline;
  const made = await campaigns.create(PEOPLE.priya.guid, aBrief(flow.clock.now(), over), 'slack');
  if (isRefusal(made)) throw new Error(sentence(made));
  const { id } = made.after;
  if (!ready) return id;
  const outcome = await campaigns.ready(id, PEOPLE.priya.guid, 1);
  if (isRefusal(outcome)) throw new Error(sentence(outcome));
  while ((await flow.ledger.campaign(id))?.exports.at(-1)?.status !== 'pending') await pause(20);
  return id;
}

async function several(stage: Stage): Promise<void> {
  await campaign(stage, true);
  stage.house.clock.leap(7 * 60_000);
  await campaign(stage, false, { name: 'Winter Caps', keywords: ['winter caps'], landing_urls: [] });
}

function command(name: string, text: string, says: string | RegExp): Shot {
  return {
    name,
    size: { width: 1000, height: 1000 },
    async stage(stage) {
      await several(stage);
      const seat = await stage.sit('priya', '#general');
      await seat.page.getByTestId('composer').waitFor();
      await stage.house.as('priya').command('#general', '/promo', text);
      const whisper = seat.whisper(says);
      await whisper.waitFor();
      return whisper;
    },
  };
}

export const PROMO_SHOTS: readonly Shot[] = [
  {
    name: 'promo-brief',
    size: HIGH,
    stage: async (stage) => (await briefing(stage)).modal,
  },
  {
    name: 'promo-brief-window',
    size: HIGH,
    async stage(stage) {
      const seat = await briefing(stage);
      await fill(seat, TYPED);
      await chooseDays(seat);
      await seat.field(BRIEF.landing).scrollIntoViewIfNeeded();
      return seat.modal;
    },
  },
  {
    name: 'promo-brief-errors',
    size: HIGH,
    async stage(stage) {
      const seat = await briefing(stage);
      await fill(seat, {
        ...TYPED,
        [BRIEF.products]:
          'sku,title,price,promo price\nTEE-BLK-M,Black tee M,25.00,29.00\nCAP-RED,Red cap,18.00,',
        [BRIEF.percent]: '120',
        [BRIEF.currency]: 'eu1',
        [BRIEF.landing]: 'http://shop.example/autumn',
      });
      await chooseDays(seat);
      await seat.submit();
      await seat.page.getByTestId('modal-error').first().waitFor();
      return seat.modal;
    },
  },
  {
    name: 'promo-brief-bogo',
    size: HIGH,
    async stage(stage) {
      const seat = await briefing(stage);
      await fill(seat, TYPED);
      await seat.choose(BRIEF.kind, 'bogo');
      await shows(seat.modal, 'Buy how many');
      return seat.modal;
    },
  },
  {
    name: 'promo-brief-saved',
    async stage(stage) {
      await campaign(stage, false);
      const seat = await briefing(stage);
      const { [BRIEF.channels]: _chosen, ...typed } = TYPED;
      await fill(seat, { ...typed, [BRIEF.name]: 'Late Linen', [BRIEF.landing]: '' });
      await seat.choose(BRIEF.channels, 'shopify');
      await seat.page.keyboard.press('Escape');
      await chooseDays(seat);
      await seat.submit();
      await shows(seat.modal, 'saved as a draft');
      return seat.modal;
    },
  },
  {
    name: 'promo-shortcut',
    async stage(stage) {
      const seat = await stage.sit('priya', PROMO);
      await seat.page.getByTestId('shortcuts').first().click();
      await seat.page.getByText('New promo brief').waitFor();
      return seat;
    },
  },
  command('promo-menu', '', 'Your campaigns'),
  command('promo-help', 'help', 'writes a brief'),
  command('promo-status', 'status Autumn', 'Time so far'),
  command('promo-list', 'list', 'newest first'),
  command('promo-unknown', 'lunch', 'I do not know'),
  {
    name: 'promo-rollback',
    house: withShop(SHOP),
    async stage(stage) {
      const { house } = stage;
      for (const [sku, price] of Object.entries(PRICES)) SHOP.prices.set(sku, price);
      const id = await campaign(stage, false);
      await goLive(house, id, PEOPLE.priya.guid);
      SHOP.prices.set('TEE-BLK-M', '22.00');
      const seat = await stage.sit('priya', PROMO);
      await seat.press(seat.page.locator('body'), 'campaign_roll_back');
      await shows(seat.modal, 'Now, EUR');
      return seat.modal;
    },
  },
  {
    name: 'promo-status-live',
    house: withShop(SHOP),
    size: { width: 1000, height: 1000 },
    async stage(stage) {
      const { house } = stage;
      for (const [sku, price] of Object.entries(PRICES)) SHOP.prices.set(sku, price);
      await goLive(house, await campaign(stage, false), PEOPLE.priya.guid);
      const seat = await stage.sit('priya', '#general');
      await seat.page.getByTestId('composer').waitFor();
      await house.as('priya').command('#general', '/promo', 'status');
      const whisper = seat.whisper('From brief to live');
      await whisper.waitFor();
      return whisper;
    },
  },
  {
    name: 'promo-home',
    async stage(stage) {
      await several(stage);
      const seat = await stage.sit('priya', 'home');
      await shows(seat.page.getByTestId('home'), 'My campaigns');
      return seat;
    },
  },
];

async function chooseDays(seat: Seat): Promise<void> {
  await seat.field(BRIEF.startDate).fill('2026-11-25');
  await seat.field(BRIEF.endDate).fill('2026-12-01');
}
