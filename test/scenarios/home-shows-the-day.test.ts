import { afterEach, expect, it } from 'vitest';
import type { View } from '../../sandbox/ui-contract.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
afterEach(() => house.close());

const MINUTE = 60_000;
const textOf = (view: View) => JSON.stringify(view.blocks);

async function price(name: string, requester: keyof typeof PEOPLE | null = null): Promise<string> {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = `home-${name}`;
      raw.payload['price_list'] = { id: `list-${name}`, name };
      if (requester) raw['source'] = { ...(raw['source'] as object), requested_by: PEOPLE[requester].guid };
    },
    'erp',
  );
  return body.export_id ?? '';
}

it('shows what waits, what is covered, what was asked for and the tasks, and keeps itself up to date', async () => {
  house = await openHouse();
  const [mei, jonas, sofia] = [house.as('mei'), house.as('jonas'), house.as('sofia')];
  for (const person of [mei, jonas, sofia]) await person.openHome();
  await mei.waitForHome((view) => textOf(view).includes('nothing waits for you'));

  // An export comes in, and the tabs that are open say so without being opened again.
  const id = await price('Autumn', 'sofia');
  await mei.waitForHome((view) => textOf(view).includes('1 export waits for you'));
  const asked = await sofia.waitForHome((view) => textOf(view).includes('Asked for by you'));
  expect(textOf(asked)).toContain('Waiting for acceptance');

  // Its owner is silent: the backup finds it under what they cover, with a task.
  house.clock.leap(20 * MINUTE);
  const covered = await jonas.waitForHome(
    (view) => textOf(view).includes('Covered by you') && textOf(view).includes('Your tasks'),
  );
  expect(textOf(covered)).toContain('Nobody has decided in time');

  // Closing the task from there says who did it; the export still waits.
  await jonas.clickInView(covered, 'close_task');
  await jonas.waitForHome((view) => !textOf(view).includes('Your tasks'));
  const { ledger } = house.meshline.flow;
  expect(await ledger.tasks({ export_id: id, limit: 5 })).toMatchObject([
    { state: 'closed', closed_by: PEOPLE.jonas.guid },
  ]);
  expect((await ledger.get(id))?.status).toBe('pending');
  expect((await ledger.events(id)).at(-1)?.event).toMatchObject({
    type: 'task_closed',
    by: PEOPLE.jonas.guid,
  });
});

it('draws open tabs again after a restart', async () => {
  house = await openHouse();
  const mei = house.as('mei');
  await mei.openHome();
  await mei.waitForHome((view) => textOf(view).includes('nothing waits for you'));
  await house.restart();
  await price('Winter');
  await mei.waitForHome((view) => textOf(view).includes('1 export waits for you'));
});

it('accepts several of low risk with one click, each on its own record', async () => {
  house = await openHouse();
  const mei = house.as('mei');
  const ids = [await price('One'), await price('Two'), await price('Three')];
  await mei.openHome();
  const home = await mei.waitForHome((view) => textOf(view).includes('3 exports wait for you'));
  expect(textOf(home)).toContain('3 of low risk');
  await mei.clickInView(home, 'accept_together');
  await mei.waitForModal((view) => textOf(view).includes('3 accepted.'));
  const { ledger } = house.meshline.flow;
  for (const id of ids) {
    expect((await ledger.get(id))?.acceptances).toMatchObject([{ by: PEOPLE.mei.guid, via: 'slack' }]);
  }
  await mei.waitForHome((view) => textOf(view).includes('nothing waits for you'));
});
