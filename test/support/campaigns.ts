import { expect } from 'vitest';
import { toIso } from '../../src/clock.ts';
import { Brief } from '../../src/exports/campaigns/brief.ts';
import type { Campaign } from '../../src/exports/campaigns/campaign.ts';
import type { CampaignCommitted } from '../../src/exports/campaigns/events.ts';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { HOUR_MS } from '../../src/exports/words.ts';
import type { House } from './house.ts';

/** A brief that runs from an hour ago for a day, parsed by the real schema. */
export function aBrief(now: number, over: Partial<Record<keyof Brief, unknown>> = {}): Brief {
  return Brief.parse({
    name: 'Autumn Linen',
    products: [
      { sku: 'TEE-BLK-M', title: 'Black tee M', price: '25.00' },
      { sku: 'TEE-BLK-L', title: 'Black tee L', price: '25.00' },
      { sku: 'CAP-RED', title: 'Red cap', price: '18.00' },
    ],
    offer: { kind: 'percent_off', value: '20' },
    currency: 'EUR',
    window: { start: toIso(now - HOUR_MS), end: toIso(now + 24 * HOUR_MS), time_zone: 'America/New_York' },
    channels: ['shopify'],
    keywords: ['autumn linen'],
    creative_ids: ['CR-77'],
    landing_urls: ['https://shop.example/autumn'],
    ...over,
  });
}

/** The campaign that came out of it; fails with the refusal's sentence. */
export async function done(outcome: Promise<CampaignCommitted | object>): Promise<Campaign> {
  const result = await outcome;
  if (isRefusal(result)) throw new Error(sentence(result));
  return (result as CampaignCommitted).after;
}

export function campaignOf(house: House, id: string): Promise<Campaign | null> {
  return house.meshline.flow.ledger.campaign(id);
}

/** Waits until the campaign has this export in this state, and gives the export's id. */
export async function exportIn(house: House, id: string, what: string, status: string): Promise<string> {
  const find = async () => {
    const campaign = await campaignOf(house, id);
    return campaign?.exports.findLast((each) => each.what === what && each.status === status)?.export_id;
  };
  await expect.poll(find, { timeout: 5_000 }).toBeDefined();
  return (await find()) ?? '';
}
