import type { Button } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import type { Edit, Event, Recorded } from '../exports/events.ts';
import { duration } from '../exports/freshness.ts';
import { awaited } from '../exports/gates.ts';
import type { PersonId } from '../exports/ownership.ts';
import { count, list, spoken, systemName } from '../exports/phrases.ts';
import type { Trouble } from '../exports/state.ts';
import { INSUFFICIENT_INVENTORY } from '../exports/trouble.ts';
import type { Shown } from '../flow/ports.ts';
import { actions, paragraph } from './blocks.ts';
import type { Message } from './card.ts';
import { acknowledgeButton, resubmitButton, reviewButton } from './cards/buttons.ts';
import { editWords } from './cards/checks.ts';
import { headlineOf, shortId } from './cards/content.ts';
import { failedOver } from './cards/failover.ts';
import { signerFor } from './cards/people.ts';
import { takenOutWords } from './cards/shortfall.ts';
import { hands, situation } from './cards/status.ts';
import { CARD } from './limits.ts';
import { rolloutTold } from './rollout-notes.ts';
import { safetyTold } from './safety-notes.ts';
import { either, marked, type Word, type Words } from './words.ts';

const SAID = CARD.reason;

/** Whoever must act now; the actor of the event is never mentioned for it. */
function mentions(people: readonly PersonId[]): Words {
  return either(people, 'mention', 'and');
}

function waitsFor({ state, directory }: Shown, how: 'mention' | 'name', by?: PersonId): Words {
  const people = state.status === 'pending' ? awaited(state, directory) : [];
  if (people.length === 0) return [];
  const words = either(people, how).map((word) =>
    typeof word === 'object' && 'mention' in word && word.mention === by ? { name: word.mention } : word,
  );
  return [' Waits for ', ...words, '.'];
}

function because(reason: string | null): Words {
  return reason === null ? ['.'] : [': “', { said: reason, max: SAID }, '”'];
}

function troubleWords(trouble: Trouble): Words {
  const where: Word[] = trouble.sink === null ? [] : [{ said: systemName(trouble.sink), max: 40 }, ': '];
  const owner: Words =
    trouble.owner === null ? [] : [' ', { mention: trouble.owner }, ', this one is yours.'];
  return [
    ...where,
    { said: trouble.message, max: SAID },
    ' What to do: ',
    { said: trouble.remedy, max: SAID },
    ...owner,
  ];
}

const CHANGES_TOLD = 3;

/** "Line 1, new price 9.90 → 10.90"; the first few, and how many more. */
function changedWords(changes: readonly Edit[]): Words {
  const told = changes.slice(0, CHANGES_TOLD).map(editWords);
  const left = changes.length - told.length;
  return [...told, ...(left > 0 ? [[`${left} more`]] : [])].flatMap((words, index) =>
    index === 0 ? words : [', ', ...words],
  );
}

function sinkOf({ state }: Shown, key: string): Word {
  const push = state.pushes.find((each) => each.key === key);
  return { said: systemName(push?.sink ?? 'a system'), max: 40 };
}

function waited({ state }: Shown, at: number): string {
  return state.waiting_since === null ? 'time' : duration(Math.max(0, at - state.waiting_since));
}

/** A time away tells its own end. */
function lasting({ until, why }: { until: number | null; why: string }): Words {
  return until === null || why.includes(' until ') ? [] : [' until ', { at: until }];
}

/** Where the preview stands; its payload is behind Review. */
function previewWords({ url, reference, tell }: Extract<Event, { type: 'preview_ready' }>): Words {
  const whom: Words = tell === null ? [] : [' for ', { mention: tell }];
  const where: Words =
    url === null
      ? [': reference ', { said: reference, max: CARD.reference }, '; the system gave no address.']
      : [': ', { link: url, text: 'open the preview' }, ' (', { said: reference, max: CARD.reference }, ').'];
  return ['The preview is ready', ...whom, ...where, ' Its values are in Review. Nothing is live.'];
}

/** One line for each event the thread tells, in the past tense; null for those it does not. */
export function told({ event, at }: Recorded, shown: Shown): Words | null {
  const { state } = shown;
  switch (event.type) {
    case 'received':
    case 'accepted':
    case 'push_delivered':
    case 'push_advanced':
    case 'push_retried':
    case 'alternate_sought':
      return null;
    case 'rehearsed':
    case 'rehearsal_requested':
      return safetyTold(event, shown);
    case 'safety_checks_overridden':
      return [...(safetyTold(event, shown) ?? []), ...waitsFor(shown, 'mention', event.by)];
    case 'acceptance_recorded': {
      const { acceptance } = event;
      const gate = state.revision?.policy.gate.steps.length ?? 1;
      const nth =
        state.acceptances.findIndex((each) => each.by === acceptance.by && each.at === acceptance.at) + 1;
      const step = gate > 1 && nth > 0 ? `${nth} of ${gate}, ` : '';
      const role = acceptance.role === null ? 'policy' : spoken(acceptance.role);
      const stale = acceptance.confirmed_stale;
      const confirmed: Words =
        stale.length === 0
          ? []
          : [' They confirmed that the old ', { said: list(stale.map(spoken)), max: 80 }, ' data is good.'];
      const who: Words = acceptance.by === null ? ['Policy'] : signerFor(acceptance, true);
      return [...who, ` accepted (${step}${role}).`, ...confirmed, ...waitsFor(shown, 'name')];
    }
    case 'corrected':
      return [
        { name: event.by, strong: true },
        ' repaired the export. It now goes to ',
        { name: event.route.owner },
        '.',
      ];
    case 'owner_assigned':
      return [
        { name: event.by, strong: true },
        ' assigned it to ',
        { mention: event.route.owner },
        ` (${spoken(event.route.role)}).`,
      ];
    case 'review_opened':
      return event.from === null
        ? null
        : [{ name: event.by, strong: true }, ' took over your review, so it is theirs to decide now.'];
    case 'review_closed':
    case 'commented':
      return null;
    case 'changes_requested':
      return [
        { name: event.by, strong: true },
        ' sent it back for changes',
        ...because(event.reason),
        ...(state.requester === null ? [] : [' It waits for ', { mention: state.requester } as const, '.']),
      ];
    case 'edited':
      if (event.mended === INSUFFICIENT_INVENTORY)
        return [...takenOutWords(event), ...waitsFor(shown, 'mention', event.by)];
      return [
        { name: event.by, strong: true },
        ' changed ',
        ...changedWords(event.changes),
        `. This is revision ${event.revision?.number ?? 0}, and earlier acceptances no longer count.`,
        ...waitsFor(shown, 'mention', event.by),
      ];
    case 'undone':
      return [
        { name: event.by, strong: true },
        ' took the acceptance back. Nothing was sent.',
        ...waitsFor(shown, 'mention', event.by),
      ];
    case 'reassigned':
      return [
        { name: event.by, strong: true },
        ...(event.by === event.route.owner
          ? [' took it over']
          : [' handed it to ', { mention: event.route.owner } as const]),
        ...because(event.reason === '' ? null : event.reason),
      ];
    case 'acknowledged':
      return [{ name: event.by, strong: true }, ' is on it.'];
    case 'reopened':
      return ['No word from ', { mention: event.was }, ' since they took it on, so it is open again.'];
    case 'covered': {
      const out: Words = [{ name: event.for, strong: true }, ` ${event.why}`];
      if (event.by === null) return [...out, ', and nobody is left to stand in.'];
      return [...out, ', so ', { mention: event.by }, ' may decide too', ...lasting(event), '.'];
    }
    case 'cover_over':
      return [{ name: event.for, strong: true }, ' is back, so it is theirs alone again.'];
    case 'backup_changed':
      return event.backup === null
        ? [{ name: event.of, strong: true }, ' has no backup any more, so escalation reaches nobody.']
        : [{ name: event.backup, strong: true }, ' is now the backup of ', { name: event.of }, '.'];
    case 'revised':
      return [
        'New values arrived (',
        { said: event.reference, max: CARD.reference },
        `), so this is revision ${event.revision.number} and earlier acceptances no longer count.`,
        ...waitsFor(shown, 'mention'),
      ];
    case 'freshness_renewed':
      return [
        'The same values arrived again (',
        { said: event.reference, max: CARD.reference },
        '). The data is fresh; acceptances stand.',
      ];
    case 'refetch_requested':
      return [
        'The ',
        { said: list(event.groups.map(spoken)), max: 120 },
        ' data was too old when ',
        { name: event.by },
        ' wanted to accept, so ',
        { said: state.source.name, max: CARD.reference },
        ' was asked to send it again.',
      ];
    case 'acceptance_lapsed':
      return [
        'The ',
        { said: list(event.groups.map(spoken)), max: 120 },
        ' data grew too old before it could go out, so nothing was sent and it must be accepted again.',
        ...waitsFor(shown, 'mention'),
      ];
    case 'rejected':
      return [{ name: event.by, strong: true }, ' rejected it', ...because(event.reason)];
    case 'withdrawn':
      return [{ name: event.by, strong: true }, ' withdrew it', ...because(event.reason)];
    case 'expired':
      return ['Nobody decided in time. It expired, and nothing was sent.'];
    case 'superseded':
      return ['A newer export of the same thing took its place.'];
    case 'reminded':
      return event.to.length === 0
        ? [`No decision in ${waited(shown, at)}.`]
        : ['Reminder: this has waited ', waited(shown, at), ' for ', ...mentions(event.to), '.'];
    case 'escalated':
      return event.to.length === 0
        ? [`No decision in ${waited(shown, at)}, and there is no active backup to escalate to.`]
        : [`No decision in ${waited(shown, at)}: escalated to `, ...mentions(event.to), ' (backup).'];
    case 'paged': {
      const group: Words = event.user_group === null ? [] : [{ user_group: event.user_group }];
      const people = event.to.length > 0 ? mentions(event.to) : group;
      const because = {
        nobody_left: 'Nobody who could decide this is there.',
        gone_quiet: 'Whoever was on it has gone quiet.',
      };
      const why = event.because ? because[event.because] : `Still no decision after ${waited(shown, at)}.`;
      return [
        `${why} Paged: `,
        ...(people.length > 0 ? people : ['nobody, because the on-call rota is empty']),
        '.',
      ];
    }
    case 'delivery_begun':
      return [`Accepted in full. It is going out: ${count(event.pushes.length, 'delivery', 'deliveries')}.`];
    case 'push_unknown':
      return [
        sinkOf(shown, event.key),
        ' did not answer clearly: ',
        { said: event.cause, max: SAID },
        ' Meshline checks whether it happened before it tries again.',
      ];
    case 'push_failed':
      return [sinkOf(shown, event.key), ' refused it: ', { said: event.message, max: SAID }];
    case 'delivered':
      return [state.revision?.policy.failover ? 'Delivered.' : 'Delivered to every system.'];
    case 'failed':
      return [{ strong: 'Failed. ' }, ...troubleWords(event.trouble)];
    case 'redelivery_requested':
      return [
        { name: event.by, strong: true },
        ` had ${count(event.keys.length, 'delivery', 'deliveries')} sent again.`,
      ];
    case 'paused':
      return [{ strong: 'Paused. ' }, ...troubleWords(event.trouble)];
    case 'mapping_completed': {
      const sent = Object.keys(event.tries).length;
      const done: Words = [
        { name: event.by, strong: true },
        ' said what ',
        { said: systemName(event.system), max: 40 },
        ' calls these SKUs.',
      ];
      return sent === 0
        ? done
        : [...done, ' It goes on with the values that were accepted, so nobody needs to sign again.'];
    }
    case 'preview_ready':
      return previewWords(event);
    case 'preview_closed':
      return event.live === null
        ? ['A newer preview of this product has taken its place.']
        : [
            'There is stock now, so Meshline has asked for it to go live: export ',
            { said: shortId(event.live), max: 20 },
            '.',
          ];
    case 'failed_over':
      return failedOver(event);
    case 'resumed':
      return [
        { name: event.by, strong: true },
        ' resumed it: “',
        { said: event.note, max: SAID },
        '”',
        ...waitsFor(shown, 'mention'),
      ];
    case 'task_closed':
      return [
        event.by === null ? { said: event.via ?? 'The tracker', max: 40 } : { name: event.by, strong: true },
        ' closed the task “',
        { said: event.title, max: SAID },
        '”.',
      ];
    case 'rollout_stage_begun':
    case 'rollout_stage_completed':
    case 'rollout_exception_reported':
    case 'rollout_held':
    case 'rollout_rollback_begun':
    case 'rollout_rollback_issued':
      return rolloutTold(event, shown);
    case 'rolled_back':
      return ['A later export undid what this one had set.'];
  }
}

function message(lines: readonly Words[], shown: Shown): Message {
  return {
    text: lines.map((line) => marked(line, shown.directory)).join(' '),
    blocks: [paragraph(lines, shown.directory)],
  };
}

/** A line for the card's thread; null for an event that needs none. */
export function noteFor(recorded: Recorded, shown: Shown): (Message & { broadcast: boolean }) | null {
  const words = told(recorded, shown);
  if (words === null) return null;
  const { type } = recorded.event;
  // Only a breach of the SLA may disturb the whole channel.
  return { ...message([words], shown), broadcast: type === 'escalated' || type === 'paged' };
}

/** The same event for one person: what it is about comes first. */
export function dmFor(recorded: Recorded, shown: Shown, catalog: Catalog): Message | null {
  const words = told(recorded, shown);
  return words === null ? null : pointing([headlineOf(shown, catalog), words], shown, recorded);
}

/** For the on-call channel: who is needed, for what, and where it stands. */
export function pageFor(recorded: Recorded, shown: Shown, catalog: Catalog): Message | null {
  const words = told(recorded, shown);
  if (words === null) return null;
  const { state } = shown;
  const { title, lines } = situation(shown);
  const taken = hands(shown);
  const known = taken.map((line) => marked(line, shown.directory));
  const where = lines.slice(0, 2).filter((line) => !known.includes(marked(line, shown.directory)));
  const mark = state.waiting_since === null ? '✔️ ' : state.ack ? '🙋 ' : '🚨 ';
  return pointing([[mark, ...headlineOf(shown, catalog)], words, title, ...where, ...taken], shown, recorded);
}

function pointing(lines: readonly Words[], shown: Shown, recorded: Recorded | null): Message {
  const { text, blocks } = message(lines, shown);
  const first = recorded === null ? [] : nextSteps(recorded, shown);
  return { text, blocks: [...blocks, actions([...first, reviewButton(shown)])] };
}

/** What the reader of this message is asked to do, while it still can be done. */
function nextSteps({ event }: Recorded, shown: Shown): readonly Button[] {
  const { state } = shown;
  if (event.type === 'changes_requested') {
    return state.returned && state.requester !== null ? [resubmitButton(shown)] : [];
  }
  const wanted = event.type === 'paged' || event.type === 'reopened';
  return wanted && state.waiting_since !== null && !state.ack ? [acknowledgeButton(shown)] : [];
}

/** Sent when the full message could not be drawn or was refused: never nothing. */
export function plainMessage({ state, directory }: Shown): Message {
  const words: Words = [
    'An export from ',
    { said: state.source.system, max: CARD.reference },
    ' ',
    { said: state.source.reference, max: CARD.reference },
    ` is ${spoken(state.status)}. Its card could not be drawn; open Review for the details, and tell an operator. Owner: `,
    { name: state.route.owner },
    '.',
  ];
  return pointing([words], { state, directory, now: 0 }, null);
}
