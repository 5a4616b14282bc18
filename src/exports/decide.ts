import { accept, acceptedByPolicy } from './accept.ts';
import { tick } from './clockwork.ts';
import { closeTask } from './close-task.ts';
import type { Command, Context } from './commands.ts';
import { raiseException, recordPush, redeliver } from './delivery.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { recordQuote, useAlternate } from './failover.ts';
import { followDirectory } from './follow.ts';
import { deciders, names, remedialists, resolvers } from './gates.ts';
import { heldByAnother } from './locks.ts';
import { continueMapped } from './mapping.ts';
import type { PersonId } from './ownership.ts';
import { closePreview } from './preview.ts';
import { type Refusal, refuse } from './refusals.ts';
import { overrideSafety, recordRehearsal, requestRehearsal } from './rehearsal-decide.ts';
import { acknowledge, comment, edit, openReview, reassign, requestChanges, undo } from './review.ts';
import { advance, endRollback, hold, noteRollback, rollBack } from './rollout-decide.ts';
import { isRollingBack } from './rollout-stages.ts';
import { scheduledFor } from './scheduled.ts';
import { takeOut } from './shortfall.ts';
import type { Export } from './state.ts';
import { type Status, TERMINAL } from './words.ts';

/** Events to record, perhaps with a sentence for whoever asked; or a refusal, which records nothing. */
export type Decision = { events: readonly Event[]; answer?: Refusal } | Refusal;

/** The one place where anything about an export is decided. Pure: it may run again and gives the same. */
export function decide(state: Export | null, command: Command, context: Context): Decision {
  if (!state) return refuse('not_found', { export_id: 'with this id' });
  if ('by' in command) {
    const person = context.directory.people.get(command.by);
    if (!person) return refuse('unknown_person');
    if (!person.active) return refuse('inactive_person');
  }
  if ('seen' in command) {
    const ended = endedRefusal(state, context);
    if (ended) return ended;
    const number = state.revision?.number ?? 0;
    if (command.seen !== number)
      return refuse('stale_version', { what: `revision ${number} replaced ${command.seen}` });
  }
  switch (command.do) {
    case 'accept':
      if (state.status !== 'pending') return refuse('not_waiting', { status: state.status, verb: 'accept' });
      if (state.returned) return returnedRefusal(state, context);
      return accept(state, command, context);
    case 'reject':
      return reject(state, command, context);
    case 'withdraw':
      return withdraw(state, command, context);
    case 'correct':
    case 'assign_owner':
      return repair(state, command, context);
    case 'open_review':
      return openReview(state, command, context);
    case 'close_review':
      return state.lock?.by === command.by
        ? { events: [{ type: 'review_closed', by: command.by }] }
        : { events: [] };
    case 'request_changes':
      return requestChanges(state, command, context);
    case 'edit':
      return edit(state, command, context);
    case 'undo':
      return undo(state, command, context);
    case 'reassign':
      return reassign(state, command, context);
    case 'comment':
      return comment(state, command);
    case 'acknowledge':
      return acknowledge(state, command, context);
    case 'close_task':
      return closeTask(state, command, context);
    case 'follow_directory':
      return { events: followDirectory(state, context) };
    case 'supersede':
      if (TERMINAL.has(state.status)) return { events: [] };
      return { events: [{ type: 'superseded', newer: command.newer }] };
    case 'expire':
      return { events: EXPIRABLE.has(state.status) ? [{ type: 'expired' }] : [] };
    case 'tick':
      return { events: tick(state, command.may_expire, context) };
    case 'record_push':
      return recordPush(state, command, context);
    case 'record_quote':
      return recordQuote(state, command, context);
    case 'use_alternate':
      return useAlternate(state, command, context);
    case 'record_rehearsal':
      return recordRehearsal(state, command, context);
    case 'request_rehearsal':
      if (state.returned) return returnedRefusal(state, context);
      return requestRehearsal(state, command, context);
    case 'override_safety_checks':
      if (state.returned) return returnedRefusal(state, context);
      return overrideSafety(state, command, context);
    case 'redeliver':
      return redeliver(state, command, context);
    case 'raise_exception':
      return raiseException(state, command, context);
    case 'resume':
      return resume(state, command, context);
    case 'take_out':
      return takeOut(state, command, context);
    case 'continue_mapped':
      return continueMapped(state, command, context);
    case 'close_preview':
      return closePreview(state, command.live);
    case 'advance_rollout':
      return advance(state, command, context);
    case 'hold_rollout':
      return hold(state, command, context);
    case 'roll_back_rollout':
      return rollBack(state, command, context);
    case 'note_rollback':
      return noteRollback(state, command);
    case 'end_rollback':
      return endRollback(state, command);
    case 'roll_back':
      if (state.status === 'rolled_back') return { events: [] };
      if (command.own === true && !TERMINAL.has(state.status))
        return { events: [{ type: 'rolled_back', by_export: command.by_export }] };
      if (state.status !== 'delivered' && !(state.status === 'delivering' && isRollingBack(state)))
        return refuse('not_waiting', { status: state.status, verb: 'roll back' });
      return { events: [{ type: 'rolled_back', by_export: command.by_export }] };
  }
}

const EXPIRABLE: ReadonlySet<Status> = new Set<Status>([
  'quarantined',
  'pending',
  'accepted',
  'paused',
  'failed',
]);
const REJECTABLE: ReadonlySet<Status> = new Set<Status>(['pending', 'quarantined', 'paused', 'failed']);
const WITHDRAWABLE: ReadonlySet<Status> = new Set<Status>([
  'pending',
  'accepted',
  'quarantined',
  'paused',
  'failed',
]);

/** Says who ended it, so that a late click never looks like a fault. */
function endedRefusal(state: Export, context: Context): Refusal | null {
  if (REJECTABLE.has(state.status) || scheduledFor(state, context.now) !== null) return null;
  const signer = state.acceptances.at(-1)?.by ?? null;
  const by = state.ending?.by ?? (state.ending ? null : signer);
  const who = by === null ? bySelf(state.status) : (context.directory.people.get(by)?.name ?? 'somebody');
  const word = state.status === 'delivering' || state.status === 'delivered' ? 'accepted' : state.status;
  const signers = state.acceptances.map(
    (each) => context.directory.people.get(each.by ?? '')?.name ?? 'policy',
  );
  const accepted = word === 'accepted' && signers.length > 0 ? signers.join(' and ') : who;
  return refuse('already_decided', { status: word.replace('_', ' '), who: accepted });
}

function bySelf(status: Status): string {
  return status === 'expired' ? 'the clock, because nobody decided in time' : 'Meshline';
}

function returnedRefusal(state: Export, context: Context): Refusal {
  const name = (id: PersonId | null) => context.directory.people.get(id ?? '')?.name;
  const who = name(state.returned?.by ?? null) ?? 'Somebody';
  return refuse('returned', { who, requester: name(state.requester) ?? state.source.name });
}

function forbidden(verb: string, allowed: readonly PersonId[], context: Context): Refusal {
  return refuse('not_allowed', { verb, allowed: names(allowed, context.directory) });
}

function reject(state: Export, command: Extract<Command, { do: 'reject' }>, context: Context): Decision {
  const allowed = [
    ...new Set([
      ...(state.status === 'quarantined'
        ? remedialists(state, context.directory)
        : deciders(state, context.directory)),
      ...(state.trouble ? resolvers(state, context.directory) : []),
    ]),
  ];
  if (!allowed.includes(command.by)) return forbidden('reject', allowed, context);
  const held = heldByAnother(state, command.by, context);
  if (held) return held;
  const reason = command.reason.trim();
  if (reason.length < 3) return refuse('reason_required');
  return { events: [{ type: 'rejected', by: command.by, reason }] };
}

function withdraw(state: Export, command: Extract<Command, { do: 'withdraw' }>, context: Context): Decision {
  if (state.requester !== command.by) {
    return forbidden('withdraw', state.requester === null ? [] : [state.requester], context);
  }
  if (!WITHDRAWABLE.has(state.status) && scheduledFor(state, context.now) === null)
    return refuse('not_waiting', { status: state.status, verb: 'withdraw' });
  return { events: [{ type: 'withdrawn', by: command.by, reason: command.reason?.trim() || null }] };
}

function repair(
  state: Export,
  command: Extract<Command, { do: 'correct' | 'assign_owner' }>,
  context: Context,
): Decision {
  const verb = command.do === 'correct' ? 'correct' : 'assign an owner to';
  if (state.status !== 'quarantined') return refuse('not_waiting', { status: state.status, verb });
  const allowed = remedialists(state, context.directory);
  if (!allowed.includes(command.by)) return forbidden(verb, allowed, context);
  const left = command.repaired.problems.filter(
    (problem) => problem.severity === 'error' && !(command.do === 'correct' && problem.code === 'no_owner'),
  );
  if (left.length > 0) {
    return refuse('still_invalid', {
      problems: left.map((each) => `${each.path}: ${each.message}`).join(' '),
    });
  }
  const type = command.do === 'correct' ? 'corrected' : 'owner_assigned';
  const event: Event = { type, by: command.by, ...command.repaired };
  const after = evolve(state, event, context.now, state.id);
  return { events: [event, ...acceptedByPolicy(after, context)] };
}

function resume(state: Export, command: Extract<Command, { do: 'resume' }>, context: Context): Decision {
  if (state.status !== 'paused') return refuse('not_waiting', { status: state.status, verb: 'resume' });
  const allowed = resolvers(state, context.directory);
  if (!allowed.includes(command.by)) return forbidden('resume', allowed, context);
  const note = command.note.trim();
  if (note.length < 3) return refuse('reason_required');
  const event: Event = { type: 'resumed', by: command.by, note };
  const after = evolve(state, event, context.now, state.id);
  return { events: [event, ...acceptedByPolicy(after, context)] };
}
