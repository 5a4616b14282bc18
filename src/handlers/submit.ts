import type { App, SlackViewAction, ViewOutput, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import type { ModalView, WebClient } from '@slack/web-api';
import { decodeTarget, type ModalId, type Target, VALUE } from '../bot/ids.ts';
import { messageModal } from '../bot/modals/message.ts';
import { errorFacts } from '../bot/slack-log.ts';
import { sleep } from '../clock.ts';
import type { Person } from '../exports/ownership.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse, sentence } from '../exports/refusals.ts';
import type { Committed } from '../store/port.ts';
import type { HandlerDeps } from './deps.ts';
import { teamOf, WENT_WRONG } from './listen.ts';

type Values = ViewOutput['state']['values'];

/** A modal as it was submitted, by a person who is known and active. */
export type Form = {
  person: Person;
  team: string;
  view_id: string;
  private_metadata: string;
  values: Values;
};

export type Submission = { person: Person; team: string; target: Target; values: Values };

/** Faults by block id, shown beside the inputs; the modal stays open. */
export type Faults = { errors: Record<string, string> };

/** What was entered is recorded, and there is more to enter. */
export type Next = { next: ModalView };

/** `done` closes every open modal: the answer stands elsewhere. */
export type FormOutcome = Committed | Refusal | Faults | Next | 'done';

/** Slack waits three seconds. A decision is a local commit and takes milliseconds. */
const DECIDE_WITHIN_MS = 2_300;
const STILL_WORKING = 'This takes longer than usual. The card will show the outcome; nothing else is needed.';

/** One modal that is about one export. */
export function onSubmit(
  app: App,
  deps: HandlerDeps,
  id: ModalId,
  run: (submission: Submission) => Promise<Committed | Refusal | Faults | Next>,
): void {
  onForm(app, deps, id, async ({ person, team, private_metadata, values }) => {
    const target = decodeTarget(private_metadata);
    if (!target) return refuse('not_found', { export_id: 'behind this form' });
    return run({ person, team, target, values });
  });
}

/**
 * One modal. The decision runs before the acknowledgement, because only that can show errors beside
 * an input; no other system is asked before it. Authority is checked again by the decision itself.
 */
export function onForm(
  app: App,
  deps: HandlerDeps,
  id: ModalId,
  run: (form: Form) => Promise<FormOutcome>,
): void {
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: id }, async ({ ack, body, client }) => {
    const work = decide(deps, body, run);
    const outcome = await Promise.race([work, sleep(deps.clock, DECIDE_WITHIN_MS).then(() => null)]);
    if (outcome) {
      await ack(outcome);
      return;
    }
    await ack(notice(STILL_WORKING));
    await afterwards(deps, client, body, await work);
  });
}

/** Never rejects: the person gets a sentence whatever happens. */
async function decide(
  deps: HandlerDeps,
  body: SlackViewAction,
  run: (form: Form) => Promise<FormOutcome>,
): Promise<ViewResponseAction> {
  try {
    const team = teamOf(body);
    const person = await deps.desk.whoIs({ team, user: body.user.id });
    if (isRefusal(person)) return notice(sentence(person));
    const { id, private_metadata, state } = body.view;
    const outcome = await run({ person, team, view_id: id, private_metadata, values: state.values });
    if (outcome === 'done') return { response_action: 'clear' };
    if ('next' in outcome) return { response_action: 'update', view: outcome.next };
    if ('errors' in outcome) return { response_action: 'errors', errors: outcome.errors };
    const said = isRefusal(outcome) ? outcome : outcome.answer;
    return said ? notice(sentence(said)) : { response_action: 'clear' };
  } catch (error) {
    deps.log.error(errorFacts(error), 'slack submission failed');
    return notice(WENT_WRONG);
  }
}

function notice(text: string): ViewResponseAction {
  return { response_action: 'update', view: messageModal('Meshline', text) };
}

/** The modal already said that it takes longer; a refusal that came too late for it is sent privately. */
async function afterwards(
  deps: HandlerDeps,
  client: WebClient,
  body: SlackViewAction,
  late: ViewResponseAction,
): Promise<void> {
  if (late.response_action === 'clear') return;
  const text =
    late.response_action === 'errors'
      ? `Nothing was changed. ${Object.values(late.errors).join(' ')}`
      : 'Nothing was changed by your last form. Open the card for the details.';
  try {
    await client.chat.postMessage({ channel: body.user.id, text });
  } catch (error) {
    deps.log.warn(errorFacts(error), 'slack answer did not arrive');
  }
}

/** What was typed or chosen in one input; empty when nothing was. */
export function entered(values: Values, block: string): string {
  const input = values[block]?.[VALUE];
  return input?.value ?? input?.selected_option?.value ?? input?.selected_user ?? '';
}

/** Puts a refusal beside the input it is about, and leaves every other one to be said instead of the form. */
export function beside(
  outcome: Committed | Refusal,
  code: RefusalCode,
  block: string,
): Committed | Refusal | Faults {
  if (!isRefusal(outcome) || outcome.refused !== code) return outcome;
  return { errors: { [block]: sentence(outcome) } };
}
