import { awaited, remedialists, resolvers } from '../exports/gates.ts';
import { backupsOf, type Directory, type PersonId, standIns } from '../exports/ownership.ts';
import { partiesOf, type Whose } from '../exports/parties.ts';
import { mayAcceptTogether } from '../exports/quiet.ts';
import type { Export } from '../exports/state.ts';
import type { Role } from '../exports/words.ts';
import type { Task } from '../store/port.ts';
import { myCampaigns } from './campaigns/shown.ts';
import type { Day, Section, Shown } from './ports.ts';
import type { Flow } from './settings.ts';

/** Exports on one page of the inbox, and in each of the shorter lists. */
export const DAY_PAGE = 10;
export const DAY_SHORT = 5;
/** Deeper than anybody turns pages. */
const DEEPEST_PAGE = 99;
/** Counting stops here; beyond it a surface says "more than". */
export const MOST_COUNTED = 1_000;
/** How many of the most urgent are looked at for what may be accepted together. */
export const TOGETHER = 200;

/** True when a decision of this person would count, or they are asked to settle it. */
export function waitsFor(state: Export, person: PersonId, directory: Directory): boolean {
  switch (state.status) {
    case 'pending':
      if (state.returned && state.requester !== null) return state.requester === person;
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

export type Desks = { own: readonly Whose[]; covering: readonly Whose[]; roles: readonly Role[] };

/** Which desks are this person's at this moment, and which they look after for others. */
export function desksOf(person: PersonId, directory: Directory): Desks {
  const roles = [...directory.roles]
    .filter(([, { members }]) => members.includes(person))
    .map(([role]) => role);
  const others = [...directory.people.keys()].filter((id) => id !== person);
  const covered = others.filter((id) =>
    [...directory.roles.keys()].some((role) => standIns(directory, id, role).includes(person)),
  );
  return {
    roles,
    own: [`person:${person}`, ...roles.map((role): Whose => `role:${role}`)],
    covering: [
      `joined:${person}`,
      ...covered.flatMap((id): Whose[] => [`person:${id}`, `joined:${id}`]),
      ...others.filter((id) => backupsOf(directory, id).includes(person)).map((id): Whose => `backup:${id}`),
    ],
  };
}

/** Every desk whose changes show on this person's Home. */
export function watchedBy(person: PersonId, directory: Directory): ReadonlySet<string> {
  const { own, covering } = desksOf(person, directory);
  return new Set<string>([...own, ...covering, `asked:${person}`, `lock:${person}`]);
}

/**
 * One page of some desks. The rows are nearly exact; what the directory has changed since is left
 * out after it is loaded, so a page may hold fewer than asked.
 */
async function onDesks(
  flow: Flow,
  who: readonly Whose[],
  person: PersonId,
  page: { from: number; size: number },
  fits: (state: Export) => boolean,
): Promise<readonly Shown[]> {
  const rows = await flow.ledger.desk(who, person, page.from + page.size);
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const states = await Promise.all(rows.slice(page.from).map((row) => flow.ledger.get(row.export_id)));
  return states
    .filter((state) => state !== null)
    .filter(fits)
    .map((state) => ({ state, directory, now }));
}

const short = { from: 0, size: DAY_SHORT };

/** What waits for this person and is theirs, the most urgent first. */
export async function inbox(flow: Flow, person: PersonId, limit: number): Promise<readonly Shown[]> {
  const { directory } = flow.settings();
  const { own, covering } = desksOf(person, directory);
  const fits = (state: Export) => waitsFor(state, person, directory);
  const all = await onDesks(flow, [...own, ...covering], person, { from: 0, size: limit + 20 }, fits);
  return all.slice(0, limit);
}

/** Everything that App Home shows. Bounded work, however much is open. */
export async function day(flow: Flow, person: PersonId, wantedPage: number): Promise<Day> {
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const { own, covering, roles } = desksOf(person, directory);
  const counted = (who: readonly Whose[]) => flow.ledger.deskCount(who, person, now, MOST_COUNTED);
  const isOwn = (state: Export) =>
    partiesOf(state).some((each) => own.includes(each.who) && !each.but.includes(person));
  const waits = (state: Export) => waitsFor(state, person, directory);

  const ownCount = await counted(own);
  const pages = Math.max(1, Math.ceil(ownCount.all / DAY_PAGE));
  const page = Math.min(Math.max(0, wantedPage), pages - 1, DEEPEST_PAGE);
  const at = { from: page * DAY_PAGE, size: DAY_PAGE };
  const asked: readonly Whose[] = [`asked:${person}`];
  const locked: readonly Whose[] = [`lock:${person}`];
  const [waiting, standing, requests, locks, together, tasks, campaigns] = await Promise.all([
    onDesks(flow, own, person, at, waits),
    onDesks(flow, covering, person, short, (state) => waits(state) && !isOwn(state)),
    onDesks(flow, asked, person, short, () => true),
    onDesks(flow, locked, person, short, (state) => (state.lock?.until ?? 0) > now),
    acceptable(flow, person),
    tasksOf(flow, person, roles),
    myCampaigns(flow, person),
  ]);
  const section = async (items: readonly Shown[], who: readonly Whose[]): Promise<Section> => {
    const { all, late } = await counted(who);
    return { items, all: items.length === 0 ? 0 : Math.max(all, items.length), late };
  };
  return {
    now,
    directory,
    page,
    pages,
    waiting: { items: waiting, ...ownCount },
    covering:
      standing.length < DAY_SHORT
        ? { items: standing, all: standing.length, late: 0 }
        : await section(standing, covering),
    requests: await section(requests, asked),
    locks: await section(locks, locked),
    tasks,
    campaigns,
    together: byType(together),
  };
}

/** What this person may accept with one click, among the most urgent. */
export async function acceptable(
  flow: Flow,
  person: PersonId,
  exportType?: string,
): Promise<readonly Shown[]> {
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const { own, covering } = desksOf(person, directory);
  return onDesks(flow, [...own, ...covering], person, { from: 0, size: TOGETHER }, (state) => {
    if (exportType !== undefined && state.revision?.export_type !== exportType) return false;
    return mayAcceptTogether(state, now) && waitsFor(state, person, directory);
  });
}

function byType(shown: readonly Shown[]): Day['together'] {
  const counts = new Map<string, number>();
  for (const { state } of shown) {
    const type = state.revision?.export_type ?? '';
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .map(([export_type, n]) => ({ export_type, n }))
    .filter(({ n }) => n > 1)
    .sort((a, b) => b.n - a.n);
}

const TASKS = 50;

/** Open tasks that are this person's, or their role's while nobody has them, by when they are due. */
export async function tasksOf(
  flow: Flow,
  person: PersonId,
  roles: readonly Role[],
): Promise<readonly Task[]> {
  const [own, ...shared] = await Promise.all([
    flow.ledger.tasks({ owner: person, state: 'open', limit: TASKS }),
    ...roles.map((role) => flow.ledger.tasks({ role, state: 'open', limit: TASKS })),
  ]);
  const theirs = [...(own ?? []), ...shared.flat().filter((task) => task.owner === null)];
  return theirs.sort((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1)).slice(0, TASKS);
}
