import type { Directory, Person, PersonId, RoleEntry } from '../../../src/exports/ownership.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { accepts, after, guid, received, directory as usual } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import type { Chance } from '../town/chance.ts';

const OWNER = received().route.owner;
const PEOPLE = [OWNER, ...[201, 202, 203, 204, 205, 206].map(guid)] as [PersonId, ...PersonId[]];
const TURNS = 12;

/** Some of everybody, each with the same chance. */
const some = (random: Chance, share: number) => PEOPLE.filter(() => random.next() < share);

function role(random: Chance, channel: string): RoleEntry {
  const members = some(random, 0.5);
  return { channel, members, default_owner: members[0] ?? OWNER };
}

/** Anybody may back up or cover for anybody, round in circles too, and anybody may be away or gone. */
function anyDirectory(random: Chance): Directory {
  const gone = some(random, 0.1);
  const person = (id: PersonId): Person => ({
    id,
    name: `Person ${id.slice(-3)}`,
    email: `${id}@example.test`,
    slack: { team: 'T1', user: id },
    time_zone: 'UTC',
    calendar: null,
    backup: random.next() < 0.7 ? random.pick(PEOPLE) : null,
    active: !gone.includes(id),
  });
  const marketing = role(random, 'C_MARKETING');
  return {
    ...usual,
    people: new Map(PEOPLE.map((id) => [id, person(id)])),
    roles: new Map([
      ['marketing_ops', { ...marketing, members: [...new Set([OWNER, ...marketing.members])] }],
      ['operations', role(random, 'C_OPERATIONS')],
    ]),
    away: new Map(some(random, 0.2).map((id) => [id, { reason: 'is on holiday', until: null, note: null }])),
    covers: new Map(some(random, 0.3).map((id) => [id, { by: random.pick(PEOPLE), until: T0 + 86_400_000 }])),
  };
}

/** Everybody whom covers and backups lead to from the owner. */
function behind(directory: Directory, owner: PersonId): ReadonlySet<PersonId> {
  const reached = new Set([owner]);
  // A set that grows while it is walked is walked to its end.
  for (const id of reached) {
    const next = [directory.people.get(id)?.backup, directory.covers.get(id)?.by];
    for (const each of next) if (each && directory.people.has(each)) reached.add(each);
  }
  return reached;
}

/** What is wrong with a signature that was granted, from the promises and not from the code. */
function wrongGrant(before: Export, state: Export, by: PersonId, directory: Directory): string[] {
  const wrong: string[] = [];
  const signature = state.acceptances.at(-1);
  const step = state.revision?.policy.gate.steps[signature?.step ?? -1];
  const say = (what: string) =>
    wrong.push(`${what}: ${JSON.stringify({ by, signature, route: state.route })}`);
  if (signature?.by !== by) say('somebody else got the credit');
  if (before.acceptances.some((each) => each.by === by)) say('one human signed twice');
  if (before.acceptances.some((each) => each.step === signature?.step)) say('one step was signed twice');
  if (state.requester === by) say('the requester signed');
  if (!directory.people.get(by)?.active) say('somebody signed who is gone');
  const holds = step !== undefined && directory.roles.get(step.role)?.members.includes(by) === true;
  const forOwner = step?.role === state.route.role && behind(directory, state.route.owner).has(by);
  if (!holds && !forOwner) say('somebody signed without a claim');
  if (state.status !== 'pending' && new Set(state.acceptances.map((each) => each.by)).size < 2)
    say('it went on without two humans');
  return wrong;
}

/** Whose signature must be taken: the owner for their own step, any active holder for the other one. */
function mustGrant(state: Export, by: PersonId, directory: Directory): boolean {
  if (state.status !== 'pending' || state.requester === by || !directory.people.get(by)?.active) return false;
  if (state.acceptances.some((each) => each.by === by)) return false;
  return (state.revision?.policy.gate.steps ?? []).some(({ role: needed }, index) => {
    if (state.acceptances.some((each) => each.step === index)) return false;
    if (needed === state.route.role) return by === state.route.owner;
    return directory.roles.get(needed)?.members.includes(by) === true;
  });
}

/** One export that everybody tries to sign while the directory changes, owners too. */
export function signInTurns(random: Chance): { tries: number; signed: number; wrong: string[] } {
  const requester = random.next() < 0.5 ? random.pick(PEOPLE) : null;
  let directory = anyDirectory(random);
  let state: Export = { ...received({ gate: 'two_step' }), requester };
  const wrong: string[] = [];
  let signed = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (random.next() < 0.2) directory = anyDirectory(random);
    if (random.next() < 0.1) state = { ...state, escalated_to: some(random, 0.3) };
    if (random.next() < 0.1) {
      const handed = {
        do: 'reassign',
        by: random.pick(PEOPLE),
        to: random.pick(PEOPLE),
        reason: '',
      } as const;
      const next = after(state, handed, T0 + turn, { directory });
      if (!isRefusal(next)) state = next;
    }
    const by = random.pick(PEOPLE);
    const next = after(state, accepts(by), T0 + turn, { directory });
    const granted = !isRefusal(next) && next.acceptances.length > state.acceptances.length;
    if (granted) {
      wrong.push(...wrongGrant(state, next, by, directory));
      signed += 1;
      state = next;
    } else if (mustGrant(state, by, directory))
      wrong.push(`${by} was refused: ${JSON.stringify(state.route)}`);
  }
  return { tries: TURNS, signed, wrong };
}
