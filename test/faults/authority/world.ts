import type { Command } from '../../../src/exports/commands.ts';
import type { Directory, Person, PersonId } from '../../../src/exports/ownership.ts';
import type { Acceptance, Export } from '../../../src/exports/state.ts';
import { type Role, Status } from '../../../src/exports/words.ts';
import { guid, received, directory as usual } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

/** Everybody is named by what they are to the export; the table below uses only these names. */
export const PEOPLE = {
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
export type Who = keyof typeof PEOPLE;
export const WHO = Object.keys(PEOPLE) as Who[];

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

export function directoryWith(covered: boolean): Directory {
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
export type Situation = {
  status: Status;
  gate: 'single' | 'two_step';
  requestedBy: 'nobody' | 'requester' | 'owner' | 'secondMate';
  signed: Signed;
  escalated: boolean;
  covered: boolean;
  lockedBy: 'nobody' | 'owner' | 'secondOwner';
  returned: boolean;
};

export const ACTIONS = [
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
export type Action = (typeof ACTIONS)[number];

/** Only what can happen: who signed fits the gate, locks and returns are for what is pending. */
export function situations(): Situation[] {
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

export function stateOf(situation: Situation): Export {
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

export function commandOf(action: Action, by: PersonId): Command {
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
