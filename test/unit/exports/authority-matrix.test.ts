import { expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Directory, Person, PersonId } from '../../../src/exports/ownership.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import type { Acceptance, Export } from '../../../src/exports/state.ts';
import { type Role, Status } from '../../../src/exports/words.ts';
import { catalog, guid, received, directory as usual } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

/** Everybody is named by what they are to the export; the table below uses only these names. */
const PEOPLE = {
  owner: guid(101),
  backup: guid(102),
  cover: guid(103),
  roleMate: guid(104),
  secondOwner: guid(105),
  secondMate: guid(106),
  bothRoles: guid(107),
  requester: guid(108),
  bystander: guid(109),
  remedy: guid(110),
  troubleOwner: guid(111),
  onCall: guid(112),
  deactivated: guid(113),
  /** A guest, an outsider, a bot: nobody whom the directory knows. */
  stranger: guid(404),
} as const;
type Who = keyof typeof PEOPLE;
const WHO = Object.keys(PEOPLE) as Who[];

function person(who: Who): Person {
  const slack = { team: 'T1', user: who };
  const backup = who === 'owner' ? PEOPLE.backup : who === 'secondOwner' ? PEOPLE.secondMate : null;
  return {
    id: PEOPLE[who],
    name: `${who.charAt(0).toUpperCase()}${who.slice(1)} Person`,
    email: `${who}@example.test`,
    slack,
    time_zone: 'UTC',
    calendar: null,
    backup,
    active: who !== 'deactivated',
  };
}

const HOLDERS: Record<'marketing_ops' | 'operations' | 'remediation' | 'supply_chain', Who[]> = {
  marketing_ops: ['owner', 'cover', 'roleMate', 'bothRoles', 'deactivated'],
  operations: ['secondOwner', 'secondMate', 'bothRoles', 'deactivated'],
  remediation: ['remedy', 'deactivated'],
  supply_chain: ['troubleOwner'],
};

function directoryWith(covered: boolean): Directory {
  return {
    ...usual,
    people: new Map(WHO.filter((who) => who !== 'stranger').map((who) => [PEOPLE[who], person(who)])),
    roles: new Map(
      Object.entries(HOLDERS).map(([role, members]) => [
        role as Role,
        {
          members: members.map((who) => PEOPLE[who]),
          channel: `C_${role}`,
          default_owner: PEOPLE[members[0] ?? 'owner'],
        },
      ]),
    ),
    on_call: { channel: 'C_ONCALL', people: [PEOPLE.onCall], user_group: null },
    covers: new Map(covered ? [[PEOPLE.owner, { by: PEOPLE.cover, until: T0 + 3_600_000 }]] : []),
  };
}

type Signed = 'nobody' | 'owner' | 'bothRoles as second' | 'secondOwner';
type Situation = {
  status: Status;
  gate: 'single' | 'two_step';
  requestedBy: 'nobody' | 'requester' | 'owner' | 'secondMate';
  signed: Signed;
  escalated: boolean;
  covered: boolean;
  lockedBy: 'nobody' | 'owner' | 'secondOwner';
  returned: boolean;
};

const ACTIONS = [
  'accept',
  'reject',
  'request_changes',
  'withdraw',
  'undo',
  'reassign',
  'redeliver',
  'resume',
  'acknowledge',
] as const;
type Action = (typeof ACTIONS)[number];

/** Only what can happen: who signed fits the gate, locks and returns are for what is pending. */
function situations(): Situation[] {
  const out: Situation[] = [];
  for (const status of Status.options)
    for (const gate of ['single', 'two_step'] as const)
      for (const requestedBy of ['nobody', 'requester', 'owner', 'secondMate'] as const)
        for (const signed of ['nobody', 'owner', 'bothRoles as second', 'secondOwner'] as const)
          for (const escalated of [false, true])
            for (const covered of [false, true])
              for (const lockedBy of ['nobody', 'owner', 'secondOwner'] as const)
                for (const returned of [false, true]) {
                  const pending = status === 'pending';
                  if (!pending && (lockedBy !== 'nobody' || returned)) continue;
                  if (returned && (signed !== 'nobody' || lockedBy !== 'nobody')) continue;
                  if (gate === 'single' && (signed !== 'nobody' || lockedBy === 'secondOwner')) continue;
                  if (requestedBy === 'owner' && gate === 'two_step' && signed === 'owner') continue;
                  out.push({ status, gate, requestedBy, signed, escalated, covered, lockedBy, returned });
                }
  return out;
}

function acceptance(by: PersonId, step: number, state: Export): Acceptance {
  const { revision } = state;
  if (!revision) throw new Error('It has values.');
  const role = step === 0 ? 'marketing_ops' : 'operations';
  const of = { revision: revision.number, hash: revision.hash };
  return { step, role, by, for: null, at: T0, via: 'slack', ...of, confirmed_stale: [] };
}

function stateOf(situation: Situation): Export {
  const base = received({ gate: situation.gate });
  const requester = situation.requestedBy === 'nobody' ? null : PEOPLE[situation.requestedBy];
  const signatures: Record<Signed, Acceptance[]> = {
    nobody: [],
    owner: [acceptance(PEOPLE.owner, 0, base)],
    'bothRoles as second': [acceptance(PEOPLE.bothRoles, 1, base)],
    secondOwner: [acceptance(PEOPLE.secondOwner, 1, base)],
  };
  const waits =
    situation.status === 'pending' || situation.status === 'paused' || situation.status === 'quarantined';
  const troubled = situation.status === 'paused' || situation.status === 'failed';
  return {
    ...base,
    status: situation.status,
    requester,
    route: {
      owner: PEOPLE.owner,
      role: 'marketing_ops',
      backup: PEOPLE.backup,
      channel: 'C_marketing_ops',
      reason: 'Named.',
    },
    acceptances: signatures[situation.signed],
    escalated_to: situation.escalated ? [PEOPLE.backup, PEOPLE.secondMate] : [],
    pages: situation.escalated ? 1 : 0,
    waiting_since: waits ? T0 : null,
    lock:
      situation.lockedBy === 'nobody'
        ? null
        : { by: PEOPLE[situation.lockedBy], at: T0, until: T0 + 300_000 },
    returned: situation.returned
      ? {
          by: PEOPLE.owner,
          at: T0,
          reason: 'wrong',
          kept: { elapsed_ms: 0, rungs_fired: 0, escalated_to: [] },
        }
      : null,
    undo_until: situation.status === 'accepted' ? T0 + 20_000 : null,
    trouble: troubled
      ? {
          role: 'supply_chain',
          severity: 'high',
          then: 'pause',
          remedy: 'Restock.',
          code: 'insufficient_inventory',
          message: 'Short.',
          metadata: {},
          sink: 'oms',
          owner: PEOPLE.troubleOwner,
          at: T0,
        }
      : null,
    pushes: troubled
      ? [
          {
            key: 'k',
            sink: 'oms',
            operation: { name: 'probe.set0', body: {} },
            status: 'failed',
            attempts: 1,
            next_at: null,
            detail: null,
            exception_code: 'insufficient_inventory',
            cursor: null,
            facts: {},
          },
        ]
      : [],
    ending: null,
  };
}

/**
 * The table of who may do what, written from the promises and not from the code: the owner's step is
 * for the owner, their cover, and the backup once escalated (at once when the owner asked for it);
 * the other step is for every holder of its role; nobody signs twice or their own two-step request.
 */
function may(who: Who, action: Action, on: Situation): boolean {
  if (who === 'stranger' || who === 'deactivated') return false;
  const { status, gate, signed } = on;
  const two = gate === 'two_step';
  const asked = on.requestedBy === who;
  const lockFree = on.lockedBy === 'nobody' || on.lockedBy === who;
  const ownRequest = two && on.requestedBy === 'owner';
  const ownerSide =
    who === 'owner' ||
    (who === 'cover' && on.covered) ||
    (who === 'backup' && (on.escalated || (ownRequest && !on.covered) || ownRequest));
  const secondSide = two && !asked && ['secondOwner', 'secondMate', 'bothRoles'].includes(who);
  const joined = on.escalated && (who === 'backup' || who === 'secondMate');
  const holdsTrouble = who === 'troubleOwner';
  const decides = ownerSide || secondSide || joined;
  const settles = ['owner', ...(on.covered ? ['cover'] : [])].includes(who) || joined || holdsTrouble;
  switch (action) {
    case 'accept': {
      if (status !== 'pending' || on.returned || !lockFree || (two && asked)) return false;
      if (signed === who || (signed === 'bothRoles as second' && who === 'bothRoles')) return false;
      const firstOpen = signed !== 'owner';
      const secondOpen = two && signed !== 'secondOwner' && signed !== 'bothRoles as second';
      return (ownerSide && firstOpen) || (secondSide && secondOpen);
    }
    case 'reject':
      if (status === 'quarantined') return who === 'remedy' || settlesOwn(who, on, joined);
      if (status === 'pending') return decides && lockFree;
      return (status === 'paused' || status === 'failed') && (decides || holdsTrouble);
    case 'request_changes':
      return status === 'pending' && decides && lockFree;
    case 'withdraw':
      return asked && ['pending', 'accepted', 'quarantined', 'paused', 'failed'].includes(status);
    case 'undo': {
      const signers = {
        nobody: '',
        owner: 'owner',
        'bothRoles as second': 'bothRoles',
        secondOwner: 'secondOwner',
      };
      return status === 'accepted' && (decides || asked || signers[signed] === who);
    }
    case 'reassign':
      if (status !== 'pending' && status !== 'paused' && status !== 'failed') return false;
      return (
        ['owner', 'cover', 'roleMate', 'bothRoles', 'onCall'].includes(who) ||
        joined ||
        (holdsTrouble && status !== 'pending')
      );
    case 'redeliver':
      return status === 'failed' && settles;
    case 'resume':
      return status === 'paused' && settles;
    case 'acknowledge': {
      if (!on.escalated || !['pending', 'paused', 'quarantined'].includes(status)) return false;
      return (
        who === 'onCall' ||
        who === 'owner' ||
        joined ||
        (who === 'cover' && on.covered) ||
        (holdsTrouble && status === 'paused')
      );
    }
  }
}

function settlesOwn(who: Who, on: Situation, joined: boolean): boolean {
  return who === 'owner' || joined || (who === 'cover' && on.covered);
}

function commandOf(action: Action, by: PersonId): Command {
  switch (action) {
    case 'accept':
      return { do: 'accept', by, via: 'slack', seen: 1, confirm_stale: false };
    case 'reject':
      return { do: 'reject', by, seen: 1, reason: 'wrong value' };
    case 'request_changes':
      return { do: 'request_changes', by, seen: 1, reason: 'wrong value' };
    case 'withdraw':
      return { do: 'withdraw', by, reason: null };
    case 'undo':
      return { do: 'undo', by };
    case 'reassign':
      return { do: 'reassign', by, to: PEOPLE.roleMate, reason: 'holiday' };
    case 'redeliver':
      return { do: 'redeliver', by, newer: null };
    case 'resume':
      return { do: 'resume', by, note: 'restocked' };
    case 'acknowledge':
      return { do: 'acknowledge', by };
  }
}

it('allows exactly what the table allows, in every cell, and says why not in the others', () => {
  const wrong: string[] = [];
  let cells = 0;
  let allowed = 0;
  const contexts = new Map(
    [false, true].map((covered) => [
      covered,
      { now: T0 + 1, directory: directoryWith(covered), catalog, sources: new Map() },
    ]),
  );
  for (const on of situations()) {
    const state = stateOf(on);
    const context = contexts.get(on.covered);
    if (!context) throw new Error('Both are there.');
    for (const who of WHO) {
      for (const action of ACTIONS) {
        cells += 1;
        const decision = decide(state, commandOf(action, PEOPLE[who]), context);
        const granted = !isRefusal(decision) && decision.events.length > 0;
        if (granted) allowed += 1;
        if (granted !== may(who, action, on)) {
          wrong.push(`${who} ${action} ${granted ? 'was allowed' : 'was refused'}: ${JSON.stringify(on)}`);
        }
        const said = isRefusal(decision) ? sentence(decision) : 'Granted.';
        if (!/^[A-Z][^{}]*[.!]$/.test(said)) wrong.push(`${who} ${action} got the sentence "${said}"`);
      }
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(cells).toBeGreaterThan(10_000);
  expect(allowed).toBeGreaterThan(1_000);
});
