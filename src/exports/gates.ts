import { backupOf, backupsOf, type Directory, type PersonId, standIns } from './ownership.ts';
import type { GateStep } from './policy.ts';
import type { Acceptance, Export } from './state.ts';
import type { Role } from './words.ts';

/** A step of the gate with who signed it, or who may. */
export type StepView = {
  index: number;
  role: Role;
  signed: Acceptance | null;
  /** Active people who may sign now; empty for a signed step. */
  eligible: readonly PersonId[];
};

/** Acceptances that count: of the present revision and of exactly these values. */
export function standing(state: Export): readonly Acceptance[] {
  const revision = state.revision;
  if (!revision) return [];
  return state.acceptances.filter((each) => each.revision === revision.number && each.hash === revision.hash);
}

/** R13: whoever asked for it, where two must sign. */
export function barred({ revision, requester }: Export): PersonId | null {
  return (revision?.policy.gate.steps.length ?? 0) > 1 ? requester : null;
}

/**
 * Who may sign one step. The owner's own step belongs to the owner, to whoever stands in for them
 * now, and to the backup once the ladder has brought them in (or from the start when the owner may
 * not sign their own request).
 * Any other step belongs to every active member of its role. The ladder brings in backups of all
 * steps at once; none of them may thereby sign a step that is not theirs.
 */
function signers(state: Export, step: GateStep, directory: Directory): readonly PersonId[] {
  const { owner, role } = state.route;
  const mayNot = barred(state);
  const backup = backupOf(directory, owner);
  const members = directory.roles.get(step.role)?.members ?? [];
  const behind = backupsOf(directory, owner);
  const joined = state.escalated_to.filter((person) => behind.includes(person) || members.includes(person));
  const standing = standIns(directory, owner, role, mayNot);
  const own = [owner, ...standing, ...joined, ...(owner === mayNot ? [backup] : [])];
  const people = step.role === role ? own : members;
  return [...new Set(people)].filter(
    (person): person is PersonId =>
      person !== null && person !== mayNot && directory.people.get(person)?.active === true,
  );
}

/** Every step of the present revision's gate, in order. */
export function steps(state: Export, directory: Directory): readonly StepView[] {
  const gate = state.revision?.policy.gate;
  if (!gate) return [];
  const signed = standing(state);
  return gate.steps.map((step, index) => {
    const acceptance = signed.find((each) => each.step === index) ?? null;
    const others = signed.filter((each) => each !== acceptance).map((each) => each.by);
    return {
      index,
      role: step.role,
      signed: acceptance,
      eligible: acceptance
        ? []
        : signers(state, step, directory).filter((person) => !others.includes(person)),
    };
  });
}

/** Everyone whose signature would count now; nobody's does while it is sent back for changes. */
export function awaited(state: Export, directory: Directory): readonly PersonId[] {
  if (state.returned) return [];
  const open = steps(state, directory).filter((step) => !step.signed);
  const now = state.revision?.policy.gate.ordered ? open.slice(0, 1) : open;
  return [...new Set(now.flatMap((step) => step.eligible))];
}

/** The owner, whoever stands in for them now, and who joined by escalation. */
function ownersOf({ route, escalated_to }: Export, directory: Directory): readonly PersonId[] {
  return [route.owner, ...standIns(directory, route.owner, route.role), ...escalated_to];
}

/**
 * Who may decide anything about this export besides accepting: reject it, redeliver it. Whoever may
 * sign a step, signed or not, and the owner of the trouble it is in.
 */
export function deciders(state: Export, directory: Directory): readonly PersonId[] {
  const gate = state.revision?.policy.gate;
  const bySteps = gate ? gate.steps.flatMap((step) => signers(state, step, directory)) : [];
  const owners = ownersOf(state, directory).filter((id) => directory.people.get(id)?.active);
  return [...new Set([...bySteps, ...owners])];
}

/** Who may repair what is in quarantine: the remediation role, and the owner it was meant for. */
export function remedialists(state: Export, directory: Directory): readonly PersonId[] {
  const members = directory.roles.get('remediation')?.members ?? [];
  return [...new Set([...members, ...ownersOf(state, directory)])].filter(
    (id) => directory.people.get(id)?.active,
  );
}

/** Who may settle the trouble an export is in: the role that owns that kind of failure, and the export's owner. */
export function resolvers(state: Export, directory: Directory): readonly PersonId[] {
  const role = state.trouble?.role;
  const members = role ? (directory.roles.get(role)?.members ?? []) : [];
  return [...new Set([...members, ...ownersOf(state, directory)])].filter(
    (id) => directory.people.get(id)?.active,
  );
}

/** "Alice Anderson", "Alice Anderson or Bob Brown", "Alice Anderson, Bob Brown or 3 more". */
export function names(people: readonly PersonId[], directory: Directory): string {
  const known = people.map((id) => directory.people.get(id)?.name ?? id);
  if (known.length === 0) return 'nobody who is active';
  if (known.length === 1) return known[0] ?? '';
  if (known.length === 2) return `${known[0]} or ${known[1]}`;
  return `${known[0]}, ${known[1]} or ${known.length - 2} more`;
}
