import { shows } from '../../test/e2e/seat.ts';
import { change, guidOf } from '../../test/support/owners.ts';
import type { Shot, Stage } from '../screenshots.ts';

const DAY_MS = 86_400_000;

/** Priya is out with Daniel behind her, and Amara is covered. */
async function someAway({ house }: Stage): Promise<void> {
  const from = house.clock.now();
  const [priya, amara, lucas] = [guidOf('priya'), guidOf('amara'), guidOf('lucas')];
  const until = from + 9 * DAY_MS;
  await change(house, { do: 'go_out', by: priya, person: priya, from, until, note: 'Parental leave' });
  await change(house, { do: 'set_cover', by: amara, for: amara, cover: lucas, from, until });
}

async function ownersOf(stage: Stage, who: 'nadia' | 'daniel', text = '') {
  const channel = who === 'nadia' ? '#on-call' : '#promo-approvals';
  const seat = await stage.sit(who, channel);
  await stage.house.as(who).command(channel, '/owners', text);
  await shows(seat.modal, who === 'nadia' ? 'On call' : 'Roles');
  return seat;
}

/** One of the forms behind the buttons of `/owners`. */
function form(name: string, action: string, says: string): Shot {
  return {
    name,
    async stage(stage) {
      const seat = await ownersOf(stage, 'daniel');
      await seat.press(seat.modal, action);
      await shows(seat.modal.last(), says);
      return seat.modal.last();
    },
  };
}

export const OWNERS: readonly Shot[] = [
  {
    name: 'owners',
    size: { width: 1280, height: 1900 },
    async stage(stage) {
      await someAway(stage);
      return (await ownersOf(stage, 'nadia')).modal;
    },
  },
  {
    name: 'owners-person',
    async stage(stage) {
      await someAway(stage);
      return (await ownersOf(stage, 'daniel', 'Daniel')).modal;
    },
  },
  form('owners-out', 'owners_out', 'While you are out'),
  form('owners-cover', 'owners_cover', 'Who covers'),
  form('owners-backup', 'owners_backup', 'Your backup joins'),
  {
    name: 'owners-briefing',
    async stage(stage) {
      await stage.house.sendFixture('promo_activation');
      await stage.house.as('priya').waitForMessage('#promo-approvals', (m) => m.text.includes('Summer 24'));
      await someAway(stage);
      const seat = await stage.sit('daniel', 'messages');
      const message = seat.page.getByTestId('message').filter({ hasText: 'You stand in for' }).last();
      await message.waitFor();
      return message;
    },
  },
  {
    name: 'card-stand-in',
    async stage(stage) {
      await stage.house.sendFixture('promo_activation');
      await stage.house.as('priya').waitForMessage('#promo-approvals', (m) => m.text.includes('Summer 24'));
      await someAway(stage);
      const seat = await stage.sit('daniel', '#promo-approvals');
      const card = seat.card('Summer 24');
      await shows(card, 'stands in');
      return card;
    },
  },
  {
    name: 'card-backup',
    async stage(stage) {
      await someAway(stage);
      await stage.house.sendFixture('promo_activation');
      const seat = await stage.sit('daniel', '#promo-approvals');
      const card = seat.card('Summer 24');
      await shows(card, 'so it goes to the backup');
      return card;
    },
  },
];
