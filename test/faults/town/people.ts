import { setTimeout as pause } from 'node:timers/promises';
import { actAs } from '../../../sandbox/client.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import type { Block, Message } from '../../../sandbox/ui-contract.ts';
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
const LOOK_EVERY_MS = 100;

export type People = {
  clicks(): number;
  /** Clicks that wait for Slack's answer at this moment. */
  inFlight(): number;
  /** Resolves when everybody has left. Never rejects. */
  stop(): Promise<void>;
};

/** People who accept every card as it appears, until stopped. */
export function seatPeople({ url, control }: Pick<Sandbox, 'url' | 'control'>): People {
  const canAccept = new WeakMap<readonly Block[], boolean>();
  let working = true;
  let clicks = 0;
  let inFlight = 0;

  // An edit gives a message other blocks, so the same ones need no second look.
  const canBeAccepted = (blocks: readonly Block[]): boolean => {
    const known = canAccept.get(blocks);
    if (known !== undefined) return known;
    const can = JSON.stringify(blocks).includes('"action_id":"accept"');
    canAccept.set(blocks, can);
    return can;
  };

  const sit = async (channel: string, name: keyof typeof PEOPLE) => {
    const actor = actAs(url, PEOPLE[name].slack);
    const clicked = new Map<string, number>();
    while (working) {
      for (const { channel: id, ts, blocks } of control.messages(channel)) {
        if (!working) return;
        const last = clicked.get(ts) ?? Number.NEGATIVE_INFINITY;
        if (!blocks || performance.now() - last < CLICK_AGAIN_MS || !canBeAccepted(blocks)) continue;
        clicked.set(ts, performance.now());
        clicks += 1;
        inFlight += 1;
        // Nobody may be listening at this moment; then Slack says so and they try again.
        await actor.click({ channel: id, ts, blocks } as Message, 'accept').catch(() => undefined);
        inFlight -= 1;
      }
      await pause(LOOK_EVERY_MS);
    }
  };
  const sitting = SEATS.map(([channel, name]) => sit(channel, name));
  for (const each of sitting) each.catch(() => undefined);

  return {
    clicks: () => clicks,
    inFlight: () => inFlight,
    async stop() {
      working = false;
      await Promise.allSettled(sitting);
    },
  };
}
