import { acceptedByPolicy } from './accept.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { AnyExportType, Mend } from './define.ts';
import type { Json } from './envelope.ts';
import type { Edit, Event } from './events.ts';
import { evolve } from './evolve.ts';
import { deciders, names, resolvers, standing } from './gates.ts';
import { heldByAnother } from './locks.ts';
import { backupOf, type Directory, hasRole, type PersonId } from './ownership.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { Export } from './state.ts';

type Of<Do extends Command['do']> = Extract<Command, { do: Do }>;

function allowedOnly(
  verb: string,
  allowed: readonly PersonId[],
  by: PersonId,
  context: Context,
): Refusal | null {
  return allowed.includes(by)
    ? null
    : refuse('not_allowed', { verb, allowed: names(allowed, context.directory) });
}

/** Whoever may decide and opens the review holds it for the policy's minutes; others may look, or take over knowingly. */
export function openReview(state: Export, command: Of<'open_review'>, context: Context): Decision {
  const { by, take_over } = command;
  if (state.status !== 'pending' || state.returned) return { events: [] };
  if (!deciders(state, context.directory).includes(by)) return { events: [] };
  const held = heldByAnother(state, by, context);
  if (held && !take_over) return { events: [], answer: held };
  const until = context.now + (state.revision?.policy.lock_ms ?? 0);
  return { events: [{ type: 'review_opened', by, until, from: held ? (state.lock?.by ?? null) : null }] };
}

/** Back to whoever asked for it, with what must change; new values keep the card and its thread. */
export function requestChanges(state: Export, command: Of<'request_changes'>, context: Context): Decision {
  const { by } = command;
  if (state.status !== 'pending') return refuse('not_waiting', { status: state.status, verb: 'send back' });
  const no = allowedOnly('send back', deciders(state, context.directory), by, context);
  if (no) return no;
  const held = heldByAnother(state, by, context);
  if (held) return held;
  const reason = command.reason.trim();
  if (reason.length < 3) return refuse('reason_required');
  return { events: [{ type: 'changes_requested', by, reason }] };
}

/**
 * Deciders edit what the type lets them, a requester who was asked for changes edits anything, and
 * whoever settles a failure mends what it was about. Either way it is a new revision.
 */
export function edit(state: Export, command: Of<'edit'>, context: Context): Decision {
  const { by, repaired } = command;
  const type = state.revision ? context.catalog.get(state.revision.export_type) : undefined;
  const mend = mendOf(state, type);
  if (state.status !== 'pending' && !mend) {
    return refuse('not_waiting', { status: state.status, verb: 'edit' });
  }
  const resubmits = state.returned !== null && state.requester === by;
  const allowed = mend
    ? resolvers(state, context.directory)
    : state.returned && state.requester !== null
      ? [state.requester]
      : deciders(state, context.directory);
  const no = allowedOnly('edit', allowed, by, context);
  if (no) return no;
  const held = heldByAnother(state, by, context);
  if (held) return held;
  const changes = differences(state.raw, repaired.raw, '');
  if (changes.length === 0) return refuse('nothing_changed');
  const editable = mend?.paths ?? type?.editable ?? [];
  // What an export is about stays: another subject is another export.
  const moved = String(repaired.revision?.subjects ?? '') !== String(state.revision?.subjects ?? '');
  const outside = changes.filter(
    (change) => (moved && repaired.revision !== null) || !isEditable(change.path, editable),
  );
  if (!resubmits && outside.length > 0) {
    return refuse('not_editable', {
      fields: outside
        .slice(0, 5)
        .map((change) => change.path)
        .join(', '),
    });
  }
  const problems = repaired.problems.filter((problem) => problem.severity === 'error');
  if (problems.length > 0) {
    return refuse('still_invalid', {
      problems: problems.map((each) => `${each.path}: ${each.message}`).join(' '),
    });
  }
  // An edit is no way to change hands: whoever owns it now goes on owning it.
  const route = repaired.route.owner === state.route.owner ? state.route : repaired.route;
  const mended = mend && state.trouble ? { mended: state.trouble.code } : {};
  const event: Event = { type: 'edited', by, changes, ...repaired, route, ...mended };
  const after = evolve(state, event, context.now, state.id);
  return { events: [event, ...acceptedByPolicy(after, context)] };
}

/** How whoever settles its trouble may change its values; null unless it is paused for such a reason. */
export function mendOf(state: Export, type: AnyExportType | undefined): Mend | null {
  const code = state.status === 'paused' ? (state.trouble?.code ?? '') : '';
  const mends = type?.mends ?? {};
  return Object.hasOwn(mends, code) ? (mends[code] ?? null) : null;
}

function isEditable(path: string, patterns: readonly string[]): boolean {
  const steps = path.split('.');
  return patterns.some((pattern) => {
    const wanted = pattern.split('.');
    return (
      wanted.length <= steps.length &&
      wanted.every((step, n) => step === steps[n] || (step === '*' && /^\d+$/.test(steps[n] ?? '')))
    );
  });
}

const shown = (value: Json | undefined) =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

/** Every value that differs, by its path; a whole list or object where one side has none. */
export function differences(before: Json | undefined, after: Json | undefined, path: string): Edit[] {
  if (isHolder(before) && isHolder(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      differences(at(before, key), at(after, key), path === '' ? key : `${path}.${key}`),
    );
  }
  return before === after ? [] : [{ path, before: shown(before), after: shown(after) }];
}

function isHolder(value: Json | undefined): value is Json[] | { [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

function at(holder: Json[] | { [key: string]: Json }, key: string): Json | undefined {
  return Array.isArray(holder) ? holder[Number(key)] : holder[key];
}

/** Within the undo window anybody who could have decided may take the acceptance back; nothing has left yet. */
export function undo(state: Export, command: Of<'undo'>, context: Context): Decision {
  if (state.status !== 'accepted') {
    const why = state.status === 'pending' ? 'it has not been accepted.' : 'it has already gone out.';
    return refuse('nothing_to_undo', { why });
  }
  if (state.undo_until === null || state.undo_until <= context.now) {
    return refuse('nothing_to_undo', { why: 'the time for it has run out.' });
  }
  const allowed = undoers(state, context.directory);
  return (
    allowedOnly('undo', allowed, command.by, context) ?? { events: [{ type: 'undone', by: command.by }] }
  );
}

/** Whoever signed, could have, or asked for it. */
export function undoers(state: Export, directory: Directory): readonly PersonId[] {
  const signed = standing(state).flatMap((each) => (each.by === null ? [] : [each.by]));
  const asked = state.requester === null ? [] : [state.requester];
  return [...new Set([...signed, ...deciders(state, directory), ...asked])];
}

/** To another holder of the same role. The clock runs on: handing over is no way to gain time. */
export function reassign(state: Export, command: Of<'reassign'>, context: Context): Decision {
  const { by, to } = command;
  const { directory } = context;
  if (state.status !== 'pending' && state.status !== 'paused' && state.status !== 'failed') {
    return refuse('not_waiting', { status: state.status, verb: 'reassign' });
  }
  const no = allowedOnly('reassign', dispatchers(state, directory), by, context);
  if (no) return no;
  const why = cannotTake(state, to, directory);
  if (why) return refuse('cannot_take_it', { who: directory.people.get(to)?.name ?? 'This person', why });
  const name = directory.people.get(to)?.name ?? to;
  const { for: away, ...before } = state.route;
  const route = {
    ...before,
    ...(away === undefined || away === to ? {} : { for: away }),
    owner: to,
    backup: backupOf(directory, to),
    reason:
      by === to ? `${name} took it over.` : `${directory.people.get(by)?.name ?? by} handed it to ${name}.`,
  };
  return { events: [{ type: 'reassigned', by, reason: command.reason.trim(), route }] };
}

/** Who may hand it over: its owner, whoever could be that, and on-call. */
export function dispatchers(state: Export, directory: Directory): readonly PersonId[] {
  const members = directory.roles.get(state.route.role)?.members ?? [];
  return [...new Set([...resolvers(state, directory), ...members, ...directory.on_call.people])].filter(
    (id) => directory.people.get(id)?.active,
  );
}

/** Who could own it from now on. */
export function successors(state: Export, directory: Directory): readonly PersonId[] {
  const members = directory.roles.get(state.route.role)?.members ?? [];
  return members.filter((person) => cannotTake(state, person, directory) === null);
}

function cannotTake(state: Export, to: PersonId, directory: Directory): string | null {
  const person = directory.people.get(to);
  if (!person) return 'they are not in the directory.';
  if (!person.active) return 'their account is deactivated.';
  if (state.route.owner === to) return 'they own it already.';
  const away = directory.away.get(to);
  if (away) return `they are ${away.reason.replace(/^is /, '')}.`;
  if (!hasRole(directory, to, state.route.role)) return `they do not hold the role ${state.route.role}.`;
  const twoStep = (state.revision?.policy.gate.steps.length ?? 0) > 1;
  if (twoStep && state.requester === to) return 'they asked for it, and nobody accepts their own request.';
  if (twoStep && standing(state).some((each) => each.by === to))
    return 'they have already signed the other step.';
  return null;
}

/** What people say in the card's thread is kept with the record. */
export function comment(state: Export, command: Of<'comment'>): Decision {
  const text = command.text.trim().slice(0, 3_000);
  if (text === '' || state.status === 'superseded') return { events: [] };
  return { events: [{ type: 'commented', by: command.by, text }] };
}

/** On-call, or whoever could decide, says that they are on it; pages stop until it goes quiet. */
export function acknowledge(state: Export, command: Of<'acknowledge'>, context: Context): Decision {
  if (state.pages === 0) return refuse('not_paged');
  if (state.waiting_since === null)
    return refuse('not_waiting', { status: state.status, verb: 'acknowledge' });
  const no = allowedOnly('acknowledge', responders(state, context.directory), command.by, context);
  if (no) return no;
  const until = context.now + (state.revision?.policy.ack_ms ?? 0);
  return { events: [{ type: 'acknowledged', by: command.by, until }] };
}

/** Who may take a page on: on-call, and whoever could settle it. */
export function responders(state: Export, directory: Directory): readonly PersonId[] {
  return [...new Set([...directory.on_call.people, ...resolvers(state, directory)])];
}
