import { setTimeout as pause } from 'node:timers/promises';
import { actAs } from '../../../sandbox/client.ts';
import type { Message } from '../../../sandbox/ui-contract.ts';
import { PEOPLE } from '../../support/house.ts';

/** Who sits in which channel and accepts what is asked there. */
const SEATS = [
  ['#promo-approvals', 'priya'],
  ['#promo-approvals', 'hannah'],
  ['#promo-approvals', 'amara'],
  ['#merchandising', 'mei'],
  ['#logistics', 'amara'],
  ['#operations', 'hannah'],
  ['#supply-chain', 'grace'],
] as const;

/** Who saw nothing happen after a click clicks again. */
const CLICK_AGAIN_MS = 3_000;
const LOOK_EVERY_MS = 150;

function canBeAccepted(message: Message): boolean {
  return JSON.stringify(message.blocks ?? []).includes('"action_id":"accept"');
}

/** People who accept every card as it appears, until stopped. Gives how often they clicked. */
export function seatPeople(sandboxUrl: string): { stop(): Promise<number> } {
  let working = true;
  let clicks = 0;
  const sit = async (channel: string, name: keyof typeof PEOPLE) => {
    const actor = actAs(sandboxUrl, PEOPLE[name].slack);
    const clicked = new Map<string, number>();
    while (working) {
      for (const card of await actor.messages(channel)) {
        const last = clicked.get(card.ts) ?? Number.NEGATIVE_INFINITY;
        if (!canBeAccepted(card) || performance.now() - last < CLICK_AGAIN_MS) continue;
        clicked.set(card.ts, performance.now());
        clicks += 1;
        // Nobody may be listening at this moment; then Slack says so and they try again.
        await actor.click(card, 'accept').catch(() => undefined);
      }
      await pause(LOOK_EVERY_MS);
    }
  };
  const sitting = SEATS.map(([channel, name]) => sit(channel, name));
  return {
    async stop() {
      working = false;
      await Promise.all(sitting);
      return clicks;
    },
  };
}
