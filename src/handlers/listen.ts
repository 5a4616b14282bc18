import type { App, BlockButtonAction, RespondFn, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { type ActionId, decodeTarget, type Target } from '../bot/ids.ts';
import { messageModal } from '../bot/modals/message.ts';
import { errorFacts } from '../bot/slack-log.ts';
import type { Person } from '../exports/ownership.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { Committed } from '../store/port.ts';
import type { HandlerDeps } from './deps.ts';
import { publishHome } from './publish-home.ts';
import { type Asker, answer, cameTooLate, fill, open, type Place, tell, trusted } from './reply.ts';

export const WENT_WRONG =
  'Something went wrong on our side and was logged. Look at the card before you try again.';

const TOO_LATE = 'Slack gives three seconds to open a form, and this took longer. Click again.';

const DONE = 'Recorded. The card in the channel shows where it stands now.';

/** What a handler leaves to be said: a decision, a refusal, or nothing because it showed something itself. */
export type Outcome = Committed | Refusal | 'shown';

/** A click on a button, by a person who is known and active. */
export type Click = Asker & {
  person: Person;
  target: Target;
  /** Opens a modal, on top of the one the person is in. */
  open: (view: ModalView) => Promise<{ id: string; hash: string }>;
};

/** A click on a button that is not about one export. */
export type ControlClick = Asker & {
  person: Person;
  value: string | undefined;
  /** Where the button stood, when it was in a modal. */
  view: (Pick<ViewOutput, 'id' | 'private_metadata' | 'state'> & { hash: string | undefined }) | null;
  open: (view: ModalView) => Promise<{ id: string; hash: string }>;
};

/**
 * One button, whatever it is about. Acknowledged before anything else; a repeated delivery does
 * nothing; whoever clicked gets an answer.
 */
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
          view: view ?? null,
          open: (modal) => open(asker, modal),
        });
      });
    },
  );
}

/** A button of one export. The card's own change is the answer to a decision. */
export function onButton(
  app: App,
  deps: HandlerDeps,
  id: ActionId,
  run: (click: Click) => Promise<Outcome>,
): void {
  onControl(app, deps, id, async ({ value, view: _view, ...click }) => {
    const target = decodeTarget(value);
    if (!target) return refuse('not_found', { export_id: 'behind this button' });
    const outcome = await run({ ...click, target });
    if (outcome !== 'shown' && !isRefusal(outcome)) await showDone(deps, click, click.person, outcome);
    return outcome;
  });
}

/** Runs what somebody asked for and says what it came to; a fault of ours is said too. */
export async function answered(asker: Asker, run: () => Promise<Outcome>): Promise<void> {
  try {
    const outcome = await run();
    if (outcome === 'shown') return;
    const said = isRefusal(outcome) ? outcome : outcome.answer;
    if (said) await tell(asker, said);
  } catch (error) {
    asker.log.error(errorFacts(error), 'slack interaction failed');
    await answer(asker, { text: cameTooLate(error) ? TOO_LATE : WENT_WRONG });
  }
}

/** On a message the outbox edits the card. A modal and the Home page would still show what was. */
async function showDone(deps: HandlerDeps, asker: Asker, person: Person, done: Committed): Promise<void> {
  const { client, place } = asker;
  switch (place.kind) {
    case 'message':
      return;
    case 'modal':
      if (!done.answer) await fill(client, { view_id: place.view_id }, messageModal('Done', DONE));
      return;
    case 'home':
      await publishHome(deps, client, asker.user, person, 0);
  }
}

/** Remembering is a safety net (decisions are idempotent), so a full disk does not stop a click. */
export async function isNew(deps: HandlerDeps, deliveryId: string): Promise<boolean> {
  try {
    return await deps.firstSeen(deliveryId);
  } catch (error) {
    deps.log.warn(errorFacts(error), 'slack delivery could not be remembered');
    return true;
  }
}

/** The workspace the person belongs to, which for a shared channel is not the one the app is in. */
export function teamOf(body: { team: { id: string } | null; user: { team_id?: string } }): string {
  return body.user.team_id ?? body.team?.id ?? '';
}

export function placeOf(
  body: Pick<BlockButtonAction, 'view' | 'channel' | 'container'>,
  respond: RespondFn | null,
): Place {
  const { view, channel, container } = body;
  if (view?.type === 'modal') return { kind: 'modal', view_id: view.id };
  if (view || !channel) return { kind: 'home' };
  const thread = typeof container.thread_ts === 'string' ? container.thread_ts : null;
  return { kind: 'message', channel: channel.id, thread_ts: thread, respond };
}
