import { vi } from 'vitest';
import type { Message } from '../../sandbox/ui-contract.ts';
import { type House, PEOPLE } from './house.ts';

export const TEAM = 'T01NORTHWIND';
export const PROMO_CHANNEL = 'C02PROMO';

let triggers = 0;

/** A button of a card as it was when somebody saw it, with its block. */
export function buttonOf(card: Message, action_id: string): { block_id: string; action: object } {
  for (const block of card.blocks ?? []) {
    const elements = Array.isArray(block['elements']) ? (block['elements'] as Record<string, unknown>[]) : [];
    const found = elements.find((element) => element['action_id'] === action_id);
    if (found) {
      const block_id = block.block_id ?? '';
      return { block_id, action: { ...found, block_id, action_ts: '1.1' } };
    }
  }
  throw new Error(`The card has no button ${action_id}.`);
}

/** What Slack sends for a click, also on a card that has changed since; every call is a click of its own. */
export function clickPayload(
  card: Message,
  action_id: string,
  user: string,
  team = TEAM,
): Record<string, unknown> {
  triggers += 1;
  return {
    type: 'block_actions',
    user: { id: user, username: user, team_id: team },
    team: { id: TEAM, domain: 'northwind' },
    api_app_id: 'A01',
    token: 'sandbox-verification',
    trigger_id: `click.${triggers}`,
    container: { type: 'message', message_ts: card.ts, channel_id: card.channel, is_ephemeral: false },
    channel: { id: card.channel, name: 'promo-approvals' },
    actions: [buttonOf(card, action_id).action],
  };
}

/** Clicks a card as it was, whatever it shows now. */
export function lateClick(
  house: House,
  card: Message,
  action_id: string,
  person: keyof typeof PEOPLE,
  team = TEAM,
) {
  return house.sandbox.control.deliver(
    'interactive',
    clickPayload(card, action_id, PEOPLE[person].slack, team),
  );
}

/** Presses a button of a card or note as it stands now, as soon as it has that button. */
export async function press(
  house: House,
  person: keyof typeof PEOPLE,
  card: Pick<Message, 'channel' | 'ts'>,
  action_id: string,
): Promise<void> {
  const actor = house.as(person);
  await vi.waitFor(async () => {
    const now = (await actor.messages(card.channel)).find((message) => message.ts === card.ts);
    if (!now) throw new Error('The message is gone.');
    await actor.click(now, action_id);
  }, 10_000);
}

/** What only this person was told in the channel, oldest first. */
export function told(house: House, person: keyof typeof PEOPLE, channel = PROMO_CHANNEL): string[] {
  const { slack } = PEOPLE[person];
  return house.sandbox.control
    .ephemerals(channel)
    .filter((message) => message.ephemeral_to === slack)
    .map((message) => message.text);
}

/** Sends a promo that nobody else has sent, and gives its id and its card. */
export async function promo(
  house: House,
  name: string,
  requester: keyof typeof PEOPLE | null = null,
): Promise<{ id: string; card: Message }> {
  const { body } = await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = `promo-${name}`;
    raw.payload['campaign_name'] = name;
    raw['campaign_id'] = name.toLowerCase();
    if (requester) {
      raw['source'] = { ...(raw['source'] as object), requested_by: PEOPLE[requester].guid };
    }
  });
  const card = await house.as('priya').waitForMessage('#promo-approvals', (m) => m.text.includes(name));
  return { id: body.export_id ?? '', card };
}

export async function stateOf(house: House, id: string) {
  const state = await house.meshline.flow.ledger.get(id);
  if (!state) throw new Error(`There is no export ${id}.`);
  return state;
}

export async function eventsOf(house: House, id: string): Promise<string[]> {
  return (await house.meshline.flow.ledger.events(id)).map((each) => each.event.type);
}
