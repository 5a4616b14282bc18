import { expect } from 'vitest';
import type { Message } from '../../sandbox/ui-contract.ts';
import { type House, openHouse } from './house.ts';
import { prices, staged } from './rollout-prices.ts';

export const stagedHouse = (...rollout: Parameters<typeof staged>): Promise<House> =>
  openHouse(staged(...rollout));

/** A price update for twelve SKUs, accepted by Mei; `list` where it is another one's price list. */
export async function rolledOut(
  house: House,
  name: string,
  list?: string,
): Promise<{ id: string; card: Message }> {
  const { body } = await house.sendFixture('price_update', (raw) => prices(raw, name, list), 'erp');
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (message) => message.text.includes(name));
  await mei.click(card, 'accept');
  return { id: body.export_id ?? '', card };
}

/** What the OMS has carried out of one export, as key endings and SKUs, oldest first. */
export function carriedOut(house: House, id: string): { stage: string; skus: string[]; prices: string[] }[] {
  return house.sinks
    .effects('oms')
    .filter((effect) => effect.key.includes(id))
    .map((effect) => {
      const { lines } = (effect.body as { data: { lines: { sku: string; price: string }[] } }).data;
      return {
        stage: /-(s\d+)$/.exec(effect.key)?.[1] ?? 'all',
        skus: lines.map((line) => line.sku),
        prices: [...new Set(lines.map((line) => line.price))],
      };
    });
}

export async function rolloutAt(house: House, id: string, status: string, stage: number): Promise<void> {
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(id))?.rollout, { timeout: 15_000 })
    .toMatchObject({ status, stage });
}

/** The card as it stands once it says so. */
export function cardSays(house: House, card: Message, text: string): Promise<Message> {
  const says = (message: Message) => message.ts === card.ts && message.text.includes(text);
  return house.as('mei').waitForMessage('#merchandising', says, 15_000);
}
