import type { Effect } from './effects.ts';
import type { Event, EventType, Recorded } from './events.ts';
import { names } from './gates.ts';
import type { Directory, PersonId } from './ownership.ts';
import { short, spoken, systemName, systemNames } from './phrases.ts';
import type { Gate } from './policy.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { CheckedSink, CheckFinding, Export, Rehearsal, Revision } from './state.ts';
import type { Role } from './words.ts';

/** `none`: this export has no safety checks. */
export type Safety = 'none' | 'waiting' | 'passed' | 'failed' | 'overridden';

type Checked = Pick<Export, 'revision' | 'rehearsal'>;

/** The checks that a revision begins with; null where its policy names no staging system. */
export function rehearsalOf(revision: Revision | null, at: number): Rehearsal | null {
  if (!revision || revision.policy.staging.length === 0) return null;
  const sinks = revision.policy.staging.map(waiting);
  return { revision: revision.number, round: 1, asked_at: at, sinks, override: null };
}

function waiting(sink: string): CheckedSink {
  return { sink, status: 'waiting', findings: [], at: null };
}

/** A check without a finding has proved nothing. */
export function isPassed(findings: readonly CheckFinding[]): boolean {
  return findings.length > 0 && findings.every((each) => each.problem === null);
}

/** Checks of another revision say nothing about this one. */
export function safetyOf({ revision, rehearsal }: Checked): Safety {
  if (!revision || revision.policy.staging.length === 0) return 'none';
  if (!rehearsal || rehearsal.revision !== revision.number) return 'waiting';
  if (rehearsal.override) return 'overridden';
  if (rehearsal.sinks.some((each) => each.status === 'waiting')) return 'waiting';
  return rehearsal.sinks.every((each) => each.status === 'passed') ? 'passed' : 'failed';
}

/** R10: true once nothing of the safety checks stands in the way of accepting this revision. */
export function isSafe(state: Checked): boolean {
  const safety = safetyOf(state);
  return safety !== 'waiting' && safety !== 'failed';
}

/** True while this system's answer of this very round is awaited. */
export function isAwaited(
  { status, revision, rehearsal }: Pick<Export, 'status' | 'revision' | 'rehearsal'>,
  asked: { sink: string; revision: number; round: number },
): boolean {
  return (
    status === 'pending' &&
    revision?.number === asked.revision &&
    rehearsal?.revision === asked.revision &&
    rehearsal.round === asked.round &&
    rehearsal.sinks.some((each) => each.sink === asked.sink && each.status === 'waiting')
  );
}

/** The first thing that went wrong, and where. */
export function firstFailure({ rehearsal }: Checked): { sink: string; finding: CheckFinding } | null {
  for (const { sink, status, findings } of rehearsal?.sinks ?? []) {
    const finding = findings.find((each) => each.problem !== null);
    if (status === 'failed' && finding) return { sink, finding };
  }
  return null;
}

const STEPS: Readonly<Record<string, string>> = {
  'sample.write': 'sample write',
  'sample.read': 'read back',
  'sample.clean': 'cleaned up',
  'order.test': 'test order',
  'order.cancel': 'order cancelled',
};

/** What people call a step; `of` is the operation that it was about, where there are several. */
export function stepName(name: string): { step: string; of: string | null } {
  const [step = name, of] = name.split(':');
  const known = Object.hasOwn(STEPS, step) ? STEPS[step] : undefined;
  return { step: known ?? spoken(step), of: of === undefined ? null : of.replaceAll('.', ' ') };
}

/** Who may let an export go on although its checks failed: whoever runs these systems, never who asked for it. */
export function overriders(
  { requester }: Pick<Export, 'requester'>,
  directory: Directory,
): readonly PersonId[] {
  const members = (role: Role) => directory.roles.get(role)?.members ?? [];
  return [...new Set([...members('operations'), ...members('engineering')])].filter(
    (id) => id !== requester && directory.people.get(id)?.active === true,
  );
}

/** Why nobody can accept it yet; null when the checks leave the way free. */
export function unsafe(state: Export, directory: Directory): Refusal | null {
  const safety = safetyOf(state);
  switch (safety) {
    case 'none':
    case 'passed':
    case 'overridden':
      return null;
    case 'waiting':
      return refuse('safety_checks_waiting', { systems: systemNames(state.revision?.policy.staging ?? []) });
    case 'failed': {
      const failure = firstFailure(state);
      const { step, of } = stepName(failure?.finding.name ?? 'check');
      return refuse('safety_checks_failed', {
        system: systemName(failure?.sink ?? 'the staging system'),
        step: of === null ? step : `${step}, ${of}`,
        problem: short(failure?.finding.problem ?? 'It told no reason.', 300),
        allowed: names(overriders(state, directory), directory),
      });
    }
  }
}

/** Asks the owner where policy would have accepted. */
export function ownerGate(role: Role, reason: string): Gate {
  return { mode: 'single', steps: [{ role }], ordered: false, reason };
}

type Of<Type extends EventType> = Extract<Event, { type: Type }>;

export function found(
  { rehearsal, revision }: Export,
  { sink, findings, gate }: Of<'rehearsed'>,
  at: number,
): Pick<Export, 'rehearsal' | 'revision'> {
  const status = isPassed(findings) ? ('passed' as const) : ('failed' as const);
  return {
    rehearsal: rehearsal && {
      ...rehearsal,
      sinks: rehearsal.sinks.map((each) => (each.sink === sink ? { sink, status, findings, at } : each)),
    },
    revision: revision && gate ? { ...revision, policy: { ...revision.policy, gate } } : revision,
  };
}

/** What has passed is not tried once more. */
export function askedAgain({ rehearsal }: Export, at: number): Pick<Export, 'rehearsal'> {
  return {
    rehearsal: rehearsal && {
      ...rehearsal,
      round: rehearsal.round + 1,
      asked_at: at,
      sinks: rehearsal.sinks.map((each) => (each.status === 'failed' ? waiting(each.sink) : each)),
    },
  };
}

export function overridden(
  { rehearsal }: Export,
  { by, reason }: Of<'safety_checks_overridden'>,
  at: number,
): Pick<Export, 'rehearsal'> {
  return { rehearsal: rehearsal && { ...rehearsal, override: { by, reason, at } } };
}

const BEGINS: ReadonlySet<EventType> = new Set<EventType>([
  'received',
  'revised',
  'corrected',
  'owner_assigned',
  'edited',
  'resumed',
  'rehearsal_requested',
]);

/** The staging systems that must now be asked. */
export function rehearsals(after: Export, events: readonly Recorded[]): Effect[] {
  const { id, rehearsal, revision } = after;
  if (!rehearsal || !revision || !events.some(({ event }) => BEGINS.has(event.type))) return [];
  const { round } = rehearsal;
  return rehearsal.sinks
    .filter(({ sink }) => isAwaited(after, { sink, revision: revision.number, round }))
    .map(({ sink }) => {
      const key = `rehearse:${id}:r${revision.number}:${round}:${sink}`;
      return { kind: 'rehearse', key, sink, revision: revision.number, round };
    });
}
