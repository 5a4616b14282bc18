import type { Message } from '../../../sandbox/ui-contract.ts';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import { contextOf } from '../../../src/flow/settings.ts';
import { put } from '../../support/fixtures.ts';
import { type House, PEOPLE } from '../../support/house.ts';
import type { SteppedClock } from '../../support/stepped-clock.ts';

/** What somebody or something wants done in Slack while it misbehaves, and how to see that it was. */
export type Errand = {
  method: string;
  /** Before the fault. */
  prepare?: () => Promise<void>;
  /** Under the fault. */
  begin: () => Promise<void>;
  /** True once it stands in Slack; what a person would try again is tried again here. */
  done: () => Promise<boolean>;
  /** How often it stands there. */
  times: () => Promise<number>;
};

export const stepped = ({ clock }: House) => clock as SteppedClock;

export const CHANNEL = 'C02PROMO';
const NAME = '#promo-approvals';

/** Empty for what is not ours. */
export function postIdOf({
  metadata,
}: {
  metadata: { event_payload: Record<string, unknown> } | null;
}): string {
  const id = metadata?.event_payload['post_id'];
  return typeof id === 'string' ? id : '';
}

export function standing(house: House, prefix: string): string[] {
  const everywhere = [...house.sandbox.control.conversations()].flatMap((id) =>
    house.sandbox.control.messages(id),
  );
  return everywhere.map(postIdOf).filter((id) => id.startsWith(prefix));
}

export async function act(house: House, id: string, command: Command): Promise<void> {
  const { flow } = house.meshline;
  const done = await flow.ledger.update(id, flow.clock.now(), (state) =>
    decide(state, command, contextOf(flow)),
  );
  if ('refused' in done) throw new Error(`Refused: ${done.refused}`);
}

export async function sendPromo(house: House, name: string): Promise<string> {
  const { body } = await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = `promo-${name}`;
    raw['campaign_id'] = name;
    raw['source'] = { ...(raw['source'] as object), requested_by: PEOPLE.mei.guid };
    put(raw, 'payload.campaign_name', name);
  });
  return body.export_id ?? '';
}

/** Every errand there is, each about a promo called `name`. */
export function errands(house: House, name: string): readonly Errand[] {
  const { control } = house.sandbox;
  const by = PEOPLE.priya.guid;
  let id = '';
  const cards = () => standing(house, `card:${id}:`).length;
  const posted = async () => {
    id = await sendPromo(house, name);
  };
  const withCard = async () => {
    await posted();
    await stepped(house).until(() => cards() > 0, 60_000, 500);
  };
  const card = async (): Promise<Message> => {
    const found = (await house.as('priya').messages(NAME)).find((each) => each.text.includes(name));
    if (!found) throw new Error('There is no card.');
    return found;
  };
  const once = async () => cards();
  const changes = () => act(house, id, { do: 'request_changes', by, seen: 1, reason: 'Too deep.' });
  const hashOfHome = () => control.home(PEOPLE.priya.slack)?.hash ?? '';
  const known = async (prefix: string) =>
    [...standing(house, prefix)].length > 0 &&
    (await house.meshline.flow.ledger.message(standing(house, prefix)[0] ?? '')) !== null;
  let home = '';
  let begunAt = 0;
  return [
    { method: 'chat.postMessage', begin: posted, done: async () => cards() > 0, times: once },
    { method: 'all', begin: posted, done: async () => cards() > 0, times: once },
    {
      method: 'chat.update',
      prepare: withCard,
      begin: () => act(house, id, { do: 'open_review', by, take_over: false }),
      done: async () => JSON.stringify((await card()).blocks).includes('is reviewing'),
      times: once,
    },
    {
      method: 'conversations.open',
      prepare: withCard,
      begin: changes,
      done: async () => standing(house, `dm:${id}:`).length > 0,
      times: async () => standing(house, `dm:${id}:`).length,
    },
    {
      method: 'conversations.history',
      begin: async () => {
        control.addFault({ match: { method: 'chat.postMessage' }, kind: 'stored_then_500' });
        await posted();
      },
      done: () => known(`card:${id}:`),
      times: once,
    },
    {
      method: 'conversations.replies',
      prepare: withCard,
      begin: async () => {
        const match = { method: 'chat.postMessage', channel: CHANNEL };
        control.addFault({ match, kind: 'stored_then_500' });
        await changes();
      },
      done: () => known(`note:${id}:`),
      times: async () => standing(house, `note:${id}:`).length,
    },
    {
      method: 'conversations.list',
      begin: async () => {
        await house.restart();
        await posted();
      },
      done: async () => cards() > 0,
      times: once,
    },
    {
      method: 'views.open',
      prepare: withCard,
      begin: async () => undefined,
      done: async () => {
        // A card that changes under the finger refuses the click, and whoever clicked tries again.
        await house
          .as('priya')
          .click(await card(), 'review')
          .catch(() => undefined);
        await stepped(house).pass(100, 25);
        return control.modals(PEOPLE.priya.slack).length > 0;
      },
      times: async () => control.modals(PEOPLE.priya.slack).length,
    },
    {
      method: 'views.publish',
      begin: async () => {
        home = hashOfHome();
        await house.as('priya').openHome();
      },
      done: async () => hashOfHome() !== home,
      times: async () => 1,
    },
    {
      method: 'users.info',
      prepare: async () => {
        await withCard();
        await stepped(house).pass(61_000, 5_000);
      },
      begin: async () => {
        begunAt = control.calls().length;
      },
      done: async () => {
        await house.as('gil').click(await card(), 'review');
        await stepped(house).pass(100, 25);
        return control
          .calls()
          .slice(begunAt)
          .some((call) => call.method === 'users.info' && call.ok);
      },
      times: async () => 1,
    },
  ];
}
