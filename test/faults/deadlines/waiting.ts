import type { Event, Recorded } from '../../../src/exports/events.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import { receive } from '../../../src/flow/intake.ts';
import type { Desk } from '../../../src/flow/ports.ts';
import { ALICE, ONCALL, rawProbe } from '../../support/core.ts';
import type { ProbeFlow } from '../../support/probe-flow.ts';
import { HOLD_MS, rawShelf } from '../../support/rollout.ts';

const MINUTE = 60_000;
export const UNDO_MS = MINUTE;
const LOCK_MS = 5 * MINUTE;
const ACK_MS = 30 * MINUTE;
const SLA_MS = 10 * MINUTE;
/** Values do not grow old here: that is another reason to ask people again. */
const FRESH_MS = 100 * 366 * 24 * 60 * MINUTE;

/** What an export waits for. */
export const KINDS = ['owner', 'undo', 'review', 'on call', 'hold', 'start', 'lease'] as const;
export type Kind = (typeof KINDS)[number];

/** One event that time alone brings, and the instant from which it may come, UTC ms. */
export type Deadline = { brings: Event['type']; due: number; stage?: number };

/** An export with deadlines ahead; only what happens after `version` is counted. */
export type Waiting = { id: string; kind: Kind; version: number; deadlines: readonly Deadline[] };

type Place = { probes: ProbeFlow; desk: Desk; sweep: () => Promise<void>; advance: (ms: number) => void };

const ladder = (since: number): Deadline[] => [
  { brings: 'reminded', due: since + SLA_MS / 2 },
  { brings: 'escalated', due: since + SLA_MS },
  { brings: 'paged', due: since + 1.5 * SLA_MS },
];

async function stored(probes: ProbeFlow, raw: Parameters<typeof receive>[2], key: string): Promise<string> {
  const taken = await receive(probes.flow, 'erp', { ...raw, idempotency_key: key }, key);
  if (taken.kind !== 'stored') throw new Error('It was not stored.');
  return taken.committed.after.id;
}

async function granted(answer: ReturnType<Desk['accept']>): Promise<void> {
  const committed = await answer;
  if (isRefusal(committed)) throw new Error(`It was refused: ${committed.refused}.`);
}

async function versioned({ probes }: Place, id: string, kind: Kind, deadlines: Deadline[]): Promise<Waiting> {
  const state = await probes.ledger.get(id);
  return { id, kind, version: state?.version ?? 0, deadlines };
}

/** `count` exports of a kind that wait; whatever leads there has happened. `n` makes their keys. */
export async function waiting(place: Place, kind: Kind, count: number, n: number): Promise<Waiting[]> {
  const { probes, desk } = place;
  const { clock } = probes.flow;
  const keys = Array.from({ length: count }, (_, each) => `${kind}-${n}-${each}`);
  probes.policy = { refresh: { price: { max_age_ms: FRESH_MS } }, undo_ms: kind === 'undo' ? UNDO_MS : 0 };
  const probe = (subject: string) =>
    stored(probes, rawProbe({ subject, operations: 1 }, {}, clock.now()), subject);
  switch (kind) {
    case 'owner':
      return Promise.all(
        keys.map(async (key) => versioned(place, await probe(key), kind, ladder(clock.now()))),
      );
    case 'undo':
      return Promise.all(
        keys.map(async (key) => {
          const id = await probe(key);
          await granted(desk.accept(id, ALICE, 1, true));
          const due = clock.now() + UNDO_MS;
          return versioned(place, id, kind, [
            { brings: 'delivery_begun', due },
            { brings: 'push_delivered', due },
          ]);
        }),
      );
    case 'review':
      return Promise.all(
        keys.map(async (key) => {
          const id = await probe(key);
          await granted(desk.openReview(id, ALICE, false));
          const closed = { brings: 'review_closed', due: clock.now() + LOCK_MS } as const;
          return versioned(place, id, kind, [...ladder(clock.now()), closed]);
        }),
      );
    case 'on call': {
      const ids = await Promise.all(keys.map(probe));
      place.advance(1.5 * SLA_MS);
      await place.sweep();
      return Promise.all(
        ids.map(async (id) => {
          await granted(desk.acknowledge(id, ONCALL));
          const due = clock.now() + ACK_MS;
          return versioned(place, id, kind, [
            { brings: 'reopened', due },
            { brings: 'paged', due },
          ]);
        }),
      );
    }
    case 'hold':
      return Promise.all(
        keys.map(async (key) => {
          const raw = rawShelf(
            Array.from({ length: 12 }, (_, sku) => `${key}-${sku}`),
            clock.now(),
          );
          const id = await stored(probes, raw, key);
          await granted(desk.accept(id, ALICE, 1, true));
          return versioned(place, id, kind, []);
        }),
      );
    case 'start':
      return Promise.all(
        keys.map(async (key, each) => {
          const due = clock.now() + (each + 1) * MINUTE;
          const raw = { ...rawProbe({}, { refresh: {} }, clock.now()), export_type: 'timed' };
          const payload = { subject: key, at: new Date(due).toISOString() };
          const id = await stored(probes, { ...raw, payload }, key);
          await granted(desk.accept(id, ALICE, 1, true));
          return versioned(place, id, kind, [{ brings: 'push_delivered', due }]);
        }),
      );
    case 'lease':
      return Promise.all(
        keys.map(async (key) => {
          const id = await probe(`${key}-hangs`);
          await granted(desk.accept(id, ALICE, 1, true));
          return versioned(place, id, kind, [{ brings: 'push_delivered', due: clock.now() }]);
        }),
      );
  }
}

/** What a stage that has gone out waits for. */
export async function held(probes: ProbeFlow, of: Waiting): Promise<Waiting> {
  const state = await probes.ledger.get(of.id);
  const until = state?.rollout?.hold_until ?? null;
  if (!state || until === null || until > probes.flow.clock.now() + HOLD_MS)
    throw new Error(`A stage does not hold: ${state?.status} ${JSON.stringify(state?.rollout)}`);
  const deadlines = [
    { brings: 'rollout_stage_begun', due: until, stage: (state.rollout?.stage ?? 0) + 1 } as const,
  ];
  return { ...of, version: state.version, deadlines };
}

export type Judged = { tries: number; lost: number; doubled: number; wrong: number; found: string[] };

/** Expiry leaves people up to one SLA after the last rung. */
function expiry({ kind, deadlines }: Waiting, recorded: readonly Recorded[]): Deadline[] {
  const paged = recorded.findLast(({ event }) => event.type === 'paged' || event.type === 'escalated');
  const begun = deadlines.find(({ brings }) => brings === 'reminded');
  if ((kind !== 'owner' && kind !== 'review') || !paged || !begun) return [];
  const since = begun.due - SLA_MS / 2;
  return [{ brings: 'expired', due: Math.max(since + 8 * SLA_MS, paged.at + SLA_MS) }];
}

/** Each deadline that has come has fired once and not before, and no other has. */
export function judgeDeadlines(of: Waiting, recorded: readonly Recorded[], now: number): Judged {
  const since = recorded.filter(({ n }) => n > of.version);
  const judged: Judged = { tries: 0, lost: 0, doubled: 0, wrong: 0, found: [] };
  for (const { brings, due, stage } of [...of.deadlines, ...expiry(of, since)]) {
    const fired = since.filter(
      ({ event }) =>
        event.type === brings && (stage === undefined || !('stage' in event) || event.stage === stage),
    );
    if (due <= now) judged.tries += 1;
    if (due <= now && fired.length === 0) judged.lost += 1;
    else if (fired.length > 1) judged.doubled += 1;
    else if (fired.some(({ at }) => at < due)) judged.wrong += 1;
    else continue;
    const told = since.map(({ event, at }) => `${event.type} ${new Date(at).toISOString()}`).join(', ');
    judged.found.push(`${of.kind}: ${brings} was due at ${new Date(due).toISOString()}; ${told}`);
  }
  return judged;
}
