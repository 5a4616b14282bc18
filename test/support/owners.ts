import type { Actor } from '../../sandbox/client.ts';
import type { View } from '../../sandbox/ui-contract.ts';
import { VALUE } from '../../src/bot/ids.ts';
import type { DirectoryCommand } from '../../src/exports/directory-decide.ts';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { type House, PEOPLE } from './house.ts';

export type Who = keyof typeof PEOPLE;

/** What a person enters in a form of `/owners`, by input: an account, a moment in ms, or text. */
export type Entered = Record<
  string,
  { user: string } | { at: number } | { text: string } | { option: string } | { users: string[] }
>;

/** Submits a form of `/owners` at the page; gives the faults that Slack then shows beside its inputs. */
export async function submitForm(house: House, actor: Actor, view: View, entered: Entered) {
  const values = Object.fromEntries(
    Object.entries(entered).map(([block, given]) => [block, { [VALUE]: element(given) }]),
  );
  await fetch(`${house.sandbox.url}/ui/submit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: actor.user, view_id: view.id, values }),
  });
  const top = (await actor.modals()).find((each) => each.id === view.id);
  return { errors: top?.errors ?? {} };
}

function element(given: Entered[string]) {
  if ('user' in given) return { type: 'users_select', selected_user: given.user };
  if ('at' in given) return { type: 'datetimepicker', selected_date_time: Math.floor(given.at / 1000) };
  if ('users' in given) return { type: 'multi_users_select', selected_users: given.users };
  if ('option' in given) return { type: 'static_select', selected_option: { value: given.option } };
  return { type: 'plain_text_input', value: given.text };
}

/** Opens `/owners` as somebody and waits for the modal. */
export async function openOwners(actor: Actor, text = '', channel = '#promo-approvals'): Promise<View> {
  await actor.command(channel, '/owners', text);
  return actor.waitForModal((view) => JSON.stringify(view).includes('Who owns what'));
}

/** A change of the directory that must be granted. */
export async function change(house: House, command: DirectoryCommand): Promise<void> {
  const done = await house.meshline.owners.change(command);
  if (isRefusal(done)) throw new Error(sentence(done));
}

export const guidOf = (who: Who) => PEOPLE[who].guid;
