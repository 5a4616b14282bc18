import { z } from 'zod';
import { acceptedByPolicy } from './accept.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { AnyExportType, Catalog } from './define.ts';
import type { Edit, Event, Recorded } from './events.ts';
import { evolve } from './evolve.ts';
import { names, resolvers } from './gates.ts';
import { canonicalSku } from './identifiers.ts';
import { list, systemName } from './phrases.ts';
import { refuse } from './refusals.ts';
import { skusIn } from './skus.ts';
import type { Export, Push, Revision, Trouble } from './state.ts';
import { INSUFFICIENT_INVENTORY } from './trouble.ts';

type TakeOut = Extract<Command, { do: 'take_out' }>;

/** One SKU that there is too little of, in units; null where the system told no figure. */
export type Short = {
  sku: string;
  title: string | null;
  needed: number | null;
  there: number | null;
  by: number | null;
  /** False for one that the export does not name. */
  ours: boolean;
};

/** What a system said that it is short of; `needed`, `there` and `by` are the sums of the figures told. */
export type Shortfall = {
  sink: string | null;
  lines: readonly Short[];
  needed: number;
  there: number;
  by: number;
};

const Units = z.number().min(0).max(1e9).optional().catch(undefined);
const Told = z.object({ sku: z.string().trim().min(1).max(80), requested: Units, available: Units });

/** `lines` with figures, else the SKUs alone; entries that make no sense are passed over. */
function toldLines({ lines, skus, sku }: Trouble['metadata']): readonly z.infer<typeof Told>[] {
  const all = Array.isArray(lines)
    ? lines
    : (Array.isArray(skus) ? skus : [sku]).map((each) => ({ sku: each ?? null }));
  const read = all.flatMap((each) => {
    const line = Told.safeParse(each);
    return line.success ? [line.data] : [];
  });
  return [...new Map(read.toReversed().map((line) => [canonicalSku(line.sku), line])).values()].toReversed();
}

/** Titles by canonical SKU, as far as the export's lines have any. */
function titlesOf({ revision }: Pick<Export, 'revision'>): ReadonlyMap<string, string> {
  const lines = revision?.payload['lines'];
  const titled = (Array.isArray(lines) ? lines : []).flatMap((line): [string, string][] => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) return [];
    const { sku, title } = line;
    return typeof sku === 'string' && typeof title === 'string' ? [[canonicalSku(sku), title]] : [];
  });
  return new Map(titled);
}

/** What an export is short of while it waits for that; null for any other, and where no SKU was named. */
export function shortfallOf(state: Pick<Export, 'status' | 'trouble' | 'revision'>): Shortfall | null {
  const { status, trouble, revision } = state;
  if (status !== 'paused' || trouble?.code !== INSUFFICIENT_INVENTORY) return null;
  const titles = titlesOf(state);
  const named = new Set(revision ? skusIn(revision.payload) : []);
  const lines = toldLines(trouble.metadata).flatMap(({ sku, requested, available }): Short[] => {
    const by = requested === undefined || available === undefined ? null : requested - available;
    if (by !== null && by <= 0) return [];
    const key = canonicalSku(sku);
    const title = titles.get(key) ?? null;
    const figures = { needed: requested ?? null, there: available ?? null, by };
    return [{ sku, title, ...figures, ours: named.has(key) }];
  });
  if (lines.length === 0) return null;
  const sum = (figure: (line: Short) => number | null) =>
    lines.reduce((all, line) => all + (figure(line) ?? 0), 0);
  return {
    sink: trouble.sink,
    lines,
    needed: sum((line) => line.needed),
    there: sum((line) => line.there),
    by: sum((line) => line.by),
  };
}

/** What would be left of an export without the SKUs it is short of, or why they cannot be taken out. */
export type TakenOut =
  | { raw: Export['raw']; changes: readonly Edit[]; left: number; skus: readonly string[] }
  | { why: string };

/** Canonical SKUs by the system that may hold what it was sent of them. */
export type Held = ReadonlyMap<string, ReadonlySet<string>>;

/** The system that is short has carried nothing out, unless it was in the middle of it. */
function mayHold(push: Push, trouble: Trouble | null): boolean {
  if (push.cursor !== null) return true;
  if (push.sink === trouble?.sink) return false;
  return push.status === 'delivered' || push.status === 'unknown' || push.status === 'retrying';
}

function heldOf(state: Export, earlier: Held): Held {
  const held = new Map([...earlier].filter(([sink]) => sink !== state.trouble?.sink));
  for (const push of state.pushes) {
    if (!mayHold(push, state.trouble)) continue;
    held.set(push.sink, new Set([...(held.get(push.sink) ?? []), ...skusIn(push.operation.body)]));
  }
  return held;
}

/** What every system may hold of any earlier revision, whose pushes the state has forgotten. */
export function heldOver(id: string, history: readonly Recorded[]): Held {
  const held = new Map<string, Set<string>>();
  let state: Export | null = null;
  for (const { event, at } of history) {
    const now: Export = evolve(state, event, at, id);
    state = now;
    if (event.type !== 'push_delivered' && event.type !== 'push_advanced' && event.type !== 'push_unknown')
      continue;
    const push = now.pushes.find(({ key }) => key === event.key);
    if (!push) continue;
    const skus = held.get(push.sink) ?? new Set();
    for (const sku of skusIn(push.operation.body)) skus.add(sku);
    held.set(push.sink, skus);
  }
  return held;
}

/** Taken out here, a SKU would keep its values where they stand, with nobody to put them back. */
function elsewhere(held: Held, skus: readonly string[]): string | null {
  const found = [...held].filter(([, all]) => skus.some((sku) => all.has(sku))).map(([sink]) => sink);
  return found.length === 0
    ? null
    : `${list(found.map(systemName))} may hold them already. Resolve the shortage and resume, or take the whole of it back.`;
}

/** Where each canonical SKU stands first, such as `payload.lines.4`. */
function pathsOf(payload: Revision['payload']): ReadonlyMap<string, string> {
  const found = Object.entries(payload).flatMap(([key, list]) =>
    (Array.isArray(list) ? list : []).flatMap((each, index) =>
      skusIn(each).map((sku): [string, string] => [sku, `payload.${key}.${index}`]),
    ),
  );
  return new Map(found.toReversed());
}

const NOTHING: Held = new Map();

/**
 * Exactly the lines that are short, taken out of the values as they stand; null unless it is paused for
 * them. `earlier` is what systems may hold of earlier revisions, as far as that is known.
 */
export function withoutShort(state: Export, catalog: Catalog, earlier: Held = NOTHING): TakenOut | null {
  const short = shortfallOf(state);
  const { revision } = state;
  if (!short || !revision) return null;
  const type: AnyExportType | undefined = catalog.get(revision.export_type);
  if (!type?.without) return { why: `a ${type?.title.toLowerCase() ?? 'thing'} goes out whole.` };
  const ours = short.lines.filter((line) => line.ours);
  if (ours.length === 0) return { why: 'none of them stands in it.' };
  const skus = new Set(ours.map((line) => canonicalSku(line.sku)));
  const held = elsewhere(heldOf(state, earlier), [...skus]);
  if (held !== null) return { why: held };
  const rest = type.without(type.payload.parse(revision.payload), skus);
  if ('why' in rest) return rest;
  const left = skusIn(rest.payload).length;
  if (left === 0) return { why: 'nothing would be left of it. Reject it, or resolve the shortage.' };
  const paths = pathsOf(revision.payload);
  const changes = ours.map(({ sku }): Edit => {
    return { path: paths.get(canonicalSku(sku)) ?? 'payload', before: sku, after: 'taken out' };
  });
  return { raw: { ...state.raw, payload: rest.payload }, changes, left, skus: ours.map((line) => line.sku) };
}

/**
 * Whoever settles the shortage takes the short SKUs out: a new revision, which its owners accept again.
 * `repaired` is what `withoutShort` left, read again.
 */
export function takeOut(state: Export, { by, held, repaired }: TakeOut, context: Context): Decision {
  const verb = 'take SKUs out of';
  if (!shortfallOf(state)) return refuse('not_waiting', { status: state.status, verb });
  const allowed = resolvers(state, context.directory);
  if (!allowed.includes(by))
    return refuse('not_allowed', { verb, allowed: names(allowed, context.directory) });
  const rest = withoutShort(state, context.catalog, held);
  if (!rest) return refuse('not_waiting', { status: state.status, verb });
  if ('why' in rest) return refuse('cannot_take_out', { why: rest.why });
  if (!repaired) throw new Error('What is left of the export was not read.');
  const problems = repaired.problems.filter((problem) => problem.severity === 'error');
  if (problems.length > 0) {
    const said = problems.map((each) => `${each.path}: ${each.message}`).join(' ');
    return refuse('still_invalid', { problems: said });
  }
  const route = repaired.route.owner === state.route.owner ? state.route : repaired.route;
  const event: Event = {
    type: 'edited',
    by,
    changes: rest.changes,
    ...repaired,
    route,
    mended: INSUFFICIENT_INVENTORY,
  };
  const after = evolve(state, event, context.now, state.id);
  return { events: [event, ...acceptedByPolicy(after, context)] };
}
