import type { Actor, Answers } from '../../sandbox/client.ts';
import type { View } from '../../sandbox/ui-contract.ts';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { wallTime } from '../../src/exports/wall-time.ts';
import { DAY_MS } from '../../src/exports/words.ts';

/** What somebody types into the form of a new brief, by block. */
export function typedBrief(now: number, over: Answers = {}): Answers {
  return {
    [BRIEF.name]: 'Autumn Linen',
    [BRIEF.products]: 'sku,title,price\nTEE-BLK-M,Black tee M,25.00\nCAP-RED,Red cap,18.00',
    [BRIEF.percent]: '20',
    [BRIEF.currency]: 'EUR',
    [BRIEF.startDate]: wallTime(now + DAY_MS, 'UTC').date,
    [BRIEF.endDate]: wallTime(now + 8 * DAY_MS, 'UTC').date,
    [BRIEF.channels]: 'shopify',
    [BRIEF.keywords]: 'autumn linen',
    [BRIEF.landing]: 'https://shop.example/autumn',
    ...over,
  };
}

/** Opens the form as `/promo new` does. */
export async function openBrief(actor: Actor, channel = '#promo-approvals'): Promise<View> {
  await actor.command(channel, '/promo', 'new');
  return actor.waitForModal((view) => view.title === 'New promo brief');
}

/** Everything a view says, for finding a sentence in it. */
export function said(view: { blocks?: unknown }): string {
  return JSON.stringify(view.blocks);
}
