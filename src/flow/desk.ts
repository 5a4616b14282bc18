import type { Command } from '../exports/commands.ts';
import { decide } from '../exports/decide.ts';
import type { Repaired } from '../exports/events.ts';
import { mayBeOut } from '../exports/out.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import { read } from '../exports/receive.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Role, Status } from '../exports/words.ts';
import type { Committed } from '../store/port.ts';
import { digestPage, expandDigest, MOST_TOGETHER } from './digest.ts';
import { find, idNamed, personNamed } from './find.ts';
import { acceptable, day, desksOf, inbox, tasksOf } from './inbox.ts';
import { mapSkus, openMapping } from './mapping.ts';
import { onCallBoard } from './on-call.ts';
import type { Desk, Shown } from './ports.ts';
import { contextOf, type Flow, readingOf } from './settings.ts';
import { takeOut } from './shortfall.ts';
import { closeTask } from './tasks.ts';
import { acceptTogether } from './together.ts';

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
    raw: Export['raw'] | null,
    owner: { owner_id: PersonId; owner_role: Role } | 'its own' | null,
    asked: (repaired: Repaired) => Command,
  ): Promise<Committed | Refusal> => {
    const known = await flow.ledger.get(exportId);
    if (!known) return refuse('not_found', { export_id: exportId });
    const reading = readingOf(flow, known.source.name);
    return flow.ledger.update(exportId, flow.clock.now(), (state) => {
      const number = (state?.revision?.number ?? 0) + 1;
      const { route } = state ?? known;
      const whose = owner === 'its own' ? { owner_id: route.owner, owner_role: route.role } : owner;
      const repaired = read(raw ?? state?.raw ?? known.raw, reading, number, whose);
      const { envelope: _, nobody_left: __, ...facts } = repaired;
      return decide(state, asked(facts), contextOf(flow));
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
    day: (person, page) => day(flow, person, page),
    homeOpened: (person) => flow.ledger.homeOpened(person, flow.clock.now()),
    digest: (channel, page) => digestPage(flow, channel, page),
    expandDigest: (channel, by) => expandDigest(flow, channel, by),
    async acceptTogether(by, { channel, export_type, at }) {
      const ids =
        channel === ''
          ? (await acceptable(flow, by, export_type)).map(({ state }) => state.id)
          : (await flow.ledger.digestRows(channel, MOST_TOGETHER, export_type)).map((row) => row.export_id);
      return acceptTogether(flow, by, ids, at);
    },
    tasks: (person) => tasksOf(flow, person, desksOf(person, flow.settings().directory).roles),
    closeTask: (idOrKey, by) => closeTask(flow, idOrKey, { closer: by, via: null }),
    onCall: () => onCallBoard(flow),
    find: (person, words) => find(flow, person, words),
    idNamed: (wanted) => idNamed(flow, wanted),
    personNamed: async (wanted, me) => personNamed(flow.settings().directory, wanted, me),
    accept: (exportId, by, seen, confirm_stale) =>
      act(exportId, { do: 'accept', by, via: 'slack', seen, confirm_stale }),
    reject: (exportId, by, seen, reason) => act(exportId, { do: 'reject', by, seen, reason }),
    withdraw: (exportId, by, reason) => act(exportId, { do: 'withdraw', by, reason }),
    async redeliver(exportId, by) {
      return act(exportId, { do: 'redeliver', by, newer: await newerThan(flow, exportId) });
    },
    useAlternate: (exportId, by, seen) => act(exportId, { do: 'use_alternate', by, seen }),
    resume: (exportId, by, note) => act(exportId, { do: 'resume', by, note }),
    takeOut: (exportId, by, seen) => takeOut(flow, exportId, by, seen),
    correct: (exportId, by, raw) =>
      repair(exportId, raw, null, (repaired) => ({ do: 'correct', by, repaired })),
    async assignOwner(exportId, by, owner, role) {
      const { directory } = flow.settings();
      const why = cannotOwn(directory, owner, role);
      if (why)
        return refuse('not_an_owner', { who: directory.people.get(owner)?.name ?? 'This person', why });
      const named = { owner_id: owner, owner_role: role };
      return repair(exportId, null, named, (repaired) => ({ do: 'assign_owner', by, repaired }));
    },
    openReview: (exportId, by, take_over) => act(exportId, { do: 'open_review', by, take_over }),
    closeReview: (exportId, by) => act(exportId, { do: 'close_review', by }),
    requestChanges: (exportId, by, seen, reason) =>
      act(exportId, { do: 'request_changes', by, seen, reason }),
    edit: (exportId, by, seen, raw) =>
      repair(exportId, raw, 'its own', (repaired) => ({ do: 'edit', by, seen, repaired })),
    runChecksAgain: (exportId, by, seen) => act(exportId, { do: 'request_rehearsal', by, seen }),
    overrideChecks: (exportId, by, seen, reason) =>
      act(exportId, { do: 'override_safety_checks', by, seen, reason }),
    undo: (exportId, by) => act(exportId, { do: 'undo', by }),
    advanceRollout: (exportId, by, stage) => act(exportId, { do: 'advance_rollout', by, stage }),
    holdRollout: (exportId, by, stage) => act(exportId, { do: 'hold_rollout', by, stage }),
    rollBackRollout: (exportId, by) => act(exportId, { do: 'roll_back_rollout', by }),
    reassign: (exportId, by, to, reason) => act(exportId, { do: 'reassign', by, to, reason }),
    comment: (exportId, by, text) => act(exportId, { do: 'comment', by, text }),
    openMapping: (exportId, by) => openMapping(flow, exportId, by),
    mapSkus: (exportId, by, names) => mapSkus(flow, exportId, by, names),
    acknowledge: (exportId, by) => act(exportId, { do: 'acknowledge', by }),
    async cardAt(channel, ts) {
      const message = await flow.ledger.messageAt(channel, ts);
      return message?.post_id.startsWith('card:') ? message.export_id : null;
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

/** A newer export of the same thing, or of part of it, that is already on its way or out, if any. */
export async function newerThan(flow: Flow, exportId: string): Promise<string | null> {
  const state = await flow.ledger.get(exportId);
  const subjects = state?.revision?.subjects ?? [];
  if (!state || subjects.length === 0) return null;
  for (const id of await flow.ledger.outAfter(subjects, {
    export_id: state.id,
    occurred_at: state.occurred_at,
  })) {
    const other = id === exportId ? null : await flow.ledger.get(id);
    if (other && isEngaged(other, exportId)) return id;
  }
  return null;
}

/** It is on its way or out; one that ended half-way counts too, and so does whatever takes `exportId` back. */
function isEngaged(other: Export, exportId: string): boolean {
  if (ENGAGED.has(other.status)) return true;
  if (other.status === 'rolled_back') return false;
  const stopped = other.status === 'paused' || other.status === 'failed';
  return (stopped && other.source.reverses === exportId) || mayBeOut(other);
}
