import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { INPUT } from '../../src/bot/ids.ts';
import type { House } from '../support/house.ts';
import { openScene } from './scene.ts';
import { gone, type Seat, shows } from './seat.ts';

const scene = openScene();

const PROMO = '#promo-approvals';
const DAY_MS = 86_400_000;
const BEFORE = { 'STRAW-HAT-01': '19.90', 'LIN-SHIRT-WHT-M': '49.90' };

/** The day in New York, where Sofia plans, as a form takes it. */
const dayOf = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(ms);

/** What the OMS sells these for now. */
async function pricesAtOms(house: House): Promise<Record<string, string>> {
  const { url, secret } = house.sinks.oms;
  const body = JSON.stringify({ operation: 'values.read', skus: Object.keys(BEFORE) });
  const id = `msg_${house.clock.now()}`;
  const at = new Date(house.clock.now());
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
  const answer = await fetch(url, { method: 'POST', headers, body });
  const { values } = (await answer.json()) as { values: Record<string, { price: string }> };
  return Object.fromEntries(Object.entries(values).map(([sku, { price }]) => [sku, price]));
}

async function writesABrief(sofia: Seat, now: number): Promise<void> {
  const composer = sofia.page.getByTestId('composer').first();
  await composer.fill('/promo new');
  await composer.press('Enter');
  await shows(sofia.modal, 'Kind of offer');
  const rows = Object.entries(BEFORE).map(([sku, price]) => `${sku},${price}`);
  for (const [block, text] of [
    [BRIEF.name, 'Beach days'],
    [BRIEF.products, ['sku,price', ...rows].join('\n')],
    [BRIEF.percent, '20'],
    [BRIEF.currency, 'EUR'],
    [BRIEF.startDate, dayOf(now - DAY_MS)],
    [BRIEF.endDate, dayOf(now + 6 * DAY_MS)],
    [BRIEF.channels, 'shopify'],
    [BRIEF.keywords, 'beach days'],
  ] as const)
    await sofia.field(block).fill(text);
  await sofia.submit();
  await shows(sofia.modal, 'saved as a draft');
  await sofia.page.getByTestId('modal-close').click();
}

/** Marketing, then operations. */
async function bothAccept(priya: Seat, hannah: Seat, name: string): Promise<void> {
  await shows(priya.card(name), '0 of 2');
  await priya.pressAndConfirm(priya.card(name), 'accept');
  await shows(hannah.card(name), '1 of 2');
  await hannah.pressAndConfirm(hannah.card(name), 'accept');
}

it.skipIf(scene.skipped)(
  'lives from a brief through a shortage to a live promo, and puts the old prices back when it is rolled back',
  async () => {
    const { house, sit } = scene;
    const [sofia, priya, hannah, grace] = await Promise.all([
      sit('sofia', PROMO),
      sit('priya', PROMO),
      sit('hannah', PROMO),
      sit('grace', '#supply-chain'),
    ]);
    house.sinks.setMode('oms', 'short_once');
    await writesABrief(sofia, house.clock.now());
    const campaign = priya.card('📣 Beach days');
    await shows(campaign, 'Draft');
    await sofia.press(sofia.card('📣 Beach days'), 'campaign_ready');
    await shows(campaign, 'Ready, waiting for acceptance');

    await bothAccept(priya, hannah, 'Activate Beach days');
    const short = grace.card('1 SKU is short by 62 units');
    await shows(short, 'STRAW-HAT-01');
    await shows(priya.card('Activate Beach days'), 'has it in #supply-chain');
    await shows(campaign, 'insufficient inventory');
    await grace.press(short, 'resume');
    await grace.field(INPUT.note).fill('Moved 80 hats from Dallas.');
    await grace.submit();
    await gone(grace.modal);

    await bothAccept(priya, hannah, 'Activate Beach days');
    const publish = priya.card('Publish');
    await shows(publish, 'Led here');
    await shows(publish, 'promo activation resolved: Moved 80 hats from Dallas.');
    await shows(publish, 'promo activation resolved: Moved 80 hats from Dallas.');
    expect(await pricesAtOms(house)).toEqual({ 'STRAW-HAT-01': '15.92', 'LIN-SHIRT-WHT-M': '39.92' });
    await bothAccept(priya, hannah, 'Publish');
    await shows(campaign, '🟢 Live');

    await priya.press(campaign, 'campaign_roll_back');
    await priya.field(INPUT.reason).fill('Too many returns of the hat.');
    await priya.submit();
    await shows(campaign, 'Ended: rolled back');
    await shows(campaign, 'The former prices stand again.');
    expect(await pricesAtOms(house)).toEqual(BEFORE);

    const thread = await priya.openThread(campaign);
    for (const told of [
      'Sofia Marin marked it ready',
      'Grace Kim resolved it: “Moved 80 hats from Dallas.”',
      'It is live.',
      'Too many returns of the hat.',
      'Ended.',
    ])
      await shows(thread, told);
  },
  60_000,
);
