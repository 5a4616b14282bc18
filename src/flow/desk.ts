import { setImmediate as turn } from 'node:timers/promises';
import type { Command } from '../exports/commands.ts';
import { nextDeadline } from '../exports/deadlines.ts';
import { decide } from '../exports/decide.ts';
import { awaited, remedialists, resolvers } from '../exports/gates.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import { read } from '../exports/receive.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Role, Status } from '../exports/words.ts';
import type { Committed } from '../store/port.ts';
import type { Desk, Shown } from './ports.ts';
import { contextOf, type Flow, readingOf } from './settings.ts';

type Linker = (slack: { team: string; user: string }) => Promise<PersonId | Refusal>;

/** The desk at which people decide. Authority is looked up in the directory inside every decision. */
export function createDesk(flow: Flow, link: Linker): Desk {
  const act = (exportId: string, command: Command) =>
    flow.ledger.update(exportId, flow.clock.now(), (state) =>
      named(decide(state, command, contextOf(flow)), exportId),
    );

  const show = async (exportId: string): Promise<Shown | Refusal> => {
    const state = await flow.ledger.get(exportId);
    if (!state) return refuse('not_found', { export_id: exportId });
    return { state, directory: flow.settings().directory, now: flow.clock.now() };
  };

  const repair = async (
    exportId: string,
    kind: 'correct' | 'assign_owner',
    by: PersonId,
    raw: Export['raw'] | null,
    owner: { owner_id: PersonId; owner_role: Role } | null,
  ): Promise<Committed | Refusal> => {
    const known = await flow.ledger.get(exportId);
    if (!known) return refuse('not_found', { export_id: exportId });
    const reading = readingOf(flow, known.source.name);
    return flow.ledger.update(exportId, flow.clock.now(), (state) => {
      const number = (state?.revision?.number ?? 0) + 1;
      const repaired = read(raw ?? state?.raw ?? known.raw, reading, number, owner);
      const { envelope: _, ...facts } = repaired;
      return decide(state, { do: kind, by, repaired: facts }, contextOf(flow));
    });
  };

  return {
    async whoIs(slack) {
      const linked = await link(slack);
      if (typeof linked !== 'string') return linked;
      const person = flow.settings().directory.people.get(linked);
      if (!person) return refuse('unknown_person');
      return person.active ? person : refuse('inactive_person');
    },
    show,
    history: (exportId) => flow.ledger.events(exportId),
    list: (filter) => flow.ledger.list(filter),
    inbox: (person, limit) => inbox(flow, person, limit),
    accept: (exportId, by, seen, confirm_stale) =>
      act(exportId, { do: 'accept', by, via: 'slack', seen, confirm_stale }),
    reject: (exportId, by, seen, reason) => act(exportId, { do: 'reject', by, seen, reason }),
    withdraw: (exportId, by, reason) => act(exportId, { do: 'withdraw', by, reason }),
    async redeliver(exportId, by) {
      return act(exportId, { do: 'redeliver', by, newer: await newerThan(flow, exportId) });
    },
    resume: (exportId, by, note) => act(exportId, { do: 'resume', by, note }),
    correct: (exportId, by, raw) => repair(exportId, 'correct', by, raw, null),
    async assignOwner(exportId, by, owner, role) {
      const { directory } = flow.settings();
      const why = cannotOwn(directory, owner, role);
      if (why)
        return refuse('not_an_owner', { who: directory.people.get(owner)?.name ?? 'This person', why });
      return repair(exportId, 'assign_owner', by, null, { owner_id: owner, owner_role: role });
    },
  };
}

function named<T extends object>(decision: T, exportId: string): T | Refusal {
  if (isRefusal(decision) && decision.refused === 'not_found')
    return refuse('not_found', { export_id: exportId });
  return decision;
}

function cannotOwn(directory: Directory, owner: PersonId, role: Role): string | null {
  const person = directory.people.get(owner);
  if (!person) return 'they are not in the directory.';
  if (!person.active) return 'their account is deactivated.';
  return directory.roles.get(role)?.members.includes(owner) ? null : `they do not hold the role ${role}.`;
}

const ENGAGED: ReadonlySet<Status> = new Set<Status>(['accepted', 'delivering', 'delivered']);

/** The newer export of the same thing that is already on its way or out, if any. */
export async function newerThan(flow: Flow, exportId: string): Promise<string | null> {
  const state = await flow.ledger.get(exportId);
  const subjects = state?.revision?.subjects ?? [];
  if (!state || subjects.length === 0) return null;
  const newest = await flow.ledger.newest(subjects);
  if (!newest || newest.export_id === exportId || newest.occurred_at <= state.occurred_at) return null;
  const other = await flow.ledger.get(newest.export_id);
  return other && ENGAGED.has(other.status) ? newest.export_id : null;
}

const OPEN: readonly Status[] = ['pending', 'quarantined', 'paused', 'failed'];

function waitsFor(state: Export, person: PersonId, directory: Directory): boolean {
  switch (state.status) {
    case 'pending':
      return awaited(state, directory).includes(person);
    case 'quarantined':
      return remedialists(state, directory).includes(person);
    case 'paused':
    case 'failed':
      return resolvers(state, directory).includes(person);
    case 'accepted':
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return false;
  }
}

/** Open exports read in one go; then the event loop has its turn, so that clicks never wait for an inbox. */
const PAGE = 100;

/** @NOTE Reads the open exports page by page; an index by awaited person comes with the inbox at scale. */
async function inbox(flow: Flow, person: PersonId, limit: number): Promise<readonly Shown[]> {
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const due = (state: Export) => nextDeadline(state) ?? Number.MAX_SAFE_INTEGER;
  let found: Export[] = [];
  for (const status of OPEN) {
    let before: string | undefined;
    for (;;) {
      const page = await flow.ledger.list({
        status,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      const states = await Promise.all(page.map((row) => flow.ledger.get(row.id)));
      const theirs = states
        .filter((state) => state !== null)
        .filter((state) => waitsFor(state, person, directory));
      // Only what will be shown is kept: the open exports may be more than memory should hold.
      found = [...found, ...theirs]
        .sort((a, b) => due(a) - due(b) || a.received_at - b.received_at)
        .slice(0, limit);
      before = page.at(-1)?.id;
      if (page.length < PAGE) break;
      await turn();
    }
  }
  return found.map((state) => ({ state, directory, now }));
}
