import type { App, BlockButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { ActionId } from '../bot/ids.ts';
import type { Person } from '../exports/ownership.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { answered, isNew, type Outcome, placeOf, teamOf } from './listen.ts';
import { type Asker, open, trusted } from './reply.ts';

/** A click on a button that is not about one export. */
export type ControlClick = Asker & {
  person: Person;
  value: string | undefined;
  /** Where the button stood, when it was in a modal. */
  view: { id: string; hash: string | undefined; private_metadata: string } | null;
  open: (view: ModalView) => Promise<{ id: string; hash: string }>;
};

/** As `onButton`, for digests, lists and tasks: acknowledged first, once, answered to whoever clicked. */
export function onControl(
  app: App,
  deps: HandlerDeps,
  action_id: ActionId,
  run: (click: ControlClick) => Promise<Outcome>,
): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id },
    async ({ ack, body, action, client, respond }) => {
      await ack();
      const asker: Asker = {
        client,
        log: deps.log,
        user: body.user.id,
        trigger_id: body.trigger_id,
        place: placeOf(body, trusted(body.response_url, respond, client)),
      };
      await answered(asker, async () => {
        if (!(await isNew(deps, body.trigger_id))) return 'shown';
        const person = await deps.desk.whoIs({ team: teamOf(body), user: body.user.id });
        if (isRefusal(person)) return person;
        const { view } = body;
        return run({
          ...asker,
          person,
          value: action.value,
          view: view ? { id: view.id, hash: view.hash, private_metadata: view.private_metadata } : null,
          open: (modal) => open(asker, modal),
        });
      });
    },
  );
}
