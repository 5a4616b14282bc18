import type { Cancel } from '../clock.ts';
import { SETTLES_MS } from './doubt.ts';
import { Bucket, Lane, type Pace, type Ticket } from './lane.ts';
import { perform } from './perform.ts';
import type { FarSides, Reach } from './performed.ts';
import type { Flow } from './settings.ts';
import { createStandstills, type Standstill } from './standstill.ts';

/** Longer than any attempt may take, so that a claim never ends while its attempt goes on. */
const LEASE_MS = 120_000;
/** An attempt that was given up and goes on for so long does nothing any more. */
const NEVER_ENDS_MS = 600_000;
const RELOAD_MS = 30_000;
const RELOAD_ROWS = 10_000;
/** First cards of low risk that may wait for one channel; with more than that they share a digest. */
export const FLOOD = 8;
/** Cards moved in one transaction, so that clicks are not held up. */
const COLLAPSE_ROWS = 100;

export type DispatchPace = {
  /** Messages into one Slack channel. */
  slack: Pace;
  /** How long a request whose answer was lost may still be on its way, ms. */
  settles_ms?: number;
};

/** Slack allows about one message a second in a channel, with short bursts. */
export const DEFAULT_PACE: DispatchPace = { slack: { burst: 4, per_second: 1 } };

export type Dispatcher = {
  /** Picks up what an earlier process left, then whatever is committed. */
  start(): Promise<void>;
  /** Begins nothing more and waits for what has begun, at most `ms`. */
  stop(ms: number): Promise<void>;
  inFlight(): number;
  /** Lanes that get nothing through. */
  standstills(): readonly Standstill[];
};

/**
 * Hands committed outbox rows to their far sides. Work passes through memory; the table is read at
 * the start and as a safety net, so that nothing waits for a poll.
 */
export function createDispatcher(flow: Flow, far: FarSides, pace: DispatchPace = DEFAULT_PACE): Dispatcher {
  const settles_ms = pace.settles_ms ?? SETTLES_MS;
  const reach: Reach = { ...far, settles_ms };
  const lanes = new Map<string, Lane>();
  const timers = new Map<string, Cancel>();
  const running = new Set<Promise<void>>();
  const standstills = createStandstills(flow.clock);
  let wall = { shown: flow.clock.now(), at: flow.clock.monotonic() };
  let open = false;
  let stopReload: Cancel = () => {};

  const laneFor = (name: string): Lane => {
    const known = lanes.get(name);
    if (known) return known;
    const lane = newLane(name);
    lanes.set(name, lane);
    return lane;
  };

  /** Lanes wait on the monotonic clock, so that what waits a minute waits a minute, whatever the wall clock is set to. */
  const steady = (at: number) => flow.clock.monotonic() + at - flow.clock.now();
  const onSteady = (ticket: Ticket): Ticket => ({ ...ticket, due_at: steady(ticket.due_at) });

  /** How far the wall clock has been set back, ms: what an earlier process put off must not wait for that again. */
  const setBack = (): number => {
    const shown = flow.clock.now();
    const expected = wall.shown + flow.clock.monotonic() - wall.at;
    if (shown >= expected) wall = { shown, at: flow.clock.monotonic() };
    return Math.max(0, Math.round(expected - shown));
  };

  const newLane = (name: string): Lane => {
    if (name.startsWith('slack:')) return new Lane(1, new Bucket(flow.clock, pace.slack));
    if (!name.startsWith('sink:')) return new Lane(4, null);
    const limits = far.pusher.limits(name.slice('sink:'.length));
    const rate = limits?.rate_per_second ?? null;
    const bucket =
      rate === null ? null : new Bucket(flow.clock, { burst: Math.max(1, rate), per_second: rate });
    return new Lane(limits?.concurrency ?? 1, bucket);
  };

  const put = (tickets: readonly Ticket[]) => {
    const touched = new Set<string>();
    for (const ticket of tickets) {
      laneFor(ticket.lane).put(onSteady(ticket));
      touched.add(ticket.lane);
    }
    for (const name of touched) {
      void calm(name);
      pump(name);
    }
  };

  /** Moves the waiting first cards of a flooded channel into its digest, each at most once. */
  const calm = async (name: string): Promise<void> => {
    const lane = lanes.get(name);
    const keys = lane?.quietCards() ?? [];
    if (!lane || keys.length <= FLOOD || !name.startsWith('slack:')) return;
    lane.uncount(keys);
    try {
      for (let from = 0; from < keys.length; from += COLLAPSE_ROWS) {
        const some = keys.slice(from, from + COLLAPSE_ROWS);
        lane.drop(await flow.ledger.collapse(name.slice('slack:'.length), some, flow.clock.now()));
      }
    } catch (err) {
      flow.log.error({ err, lane: name }, 'Waiting cards could not share a digest; each is posted');
    }
  };

  const pump = (name: string) => {
    const lane = lanes.get(name);
    if (!lane || !open) return;
    timers.get(name)?.();
    timers.delete(name);
    for (;;) {
      const next = lane.next(flow.clock.monotonic());
      if (next === null) break;
      if ('wait' in next) {
        timers.set(
          name,
          flow.clock.after(Math.max(1, next.wait), () => pump(name)),
        );
        break;
      }
      const work = carry(lane, next).finally(() => {
        running.delete(work);
        lane.done(next.key);
        pump(name);
      });
      running.add(work);
    }
  };

  /** What was sent of it may still arrive for `ms`, counted from its end. */
  const hold = async (lane: Lane, ticket: Ticket, ms: number): Promise<void> => {
    const ends = far.pusher.ends(ticket.key);
    if (ends !== null) {
      lane.hold(ticket, flow.clock.monotonic() + NEVER_ENDS_MS);
      await ends;
    }
    lane.hold(ticket, flow.clock.monotonic() + ms);
    pump(ticket.lane);
  };

  const carry = async (lane: Lane, ticket: Ticket): Promise<void> => {
    try {
      const [row] = await flow.ledger.claim([ticket.key], flow.clock.now(), LEASE_MS);
      if (!row) return;
      const { again_at, quiet_until, cause, holds_ms } = await perform(flow, reach, row);
      standstills.note(ticket.lane, quiet_until === null ? null : (cause ?? 'It says nothing.'));
      if (holds_ms !== undefined) void hold(lane, ticket, holds_ms);
      if (quiet_until !== null) lane.quiet(steady(quiet_until));
      if (again_at !== null) lane.put(onSteady({ ...ticket, due_at: again_at }));
    } catch (err) {
      flow.log.error({ err, key: ticket.key }, 'An outbox row failed unexpectedly; it is tried again');
      lane.put({ ...ticket, due_at: flow.clock.monotonic() + LEASE_MS + 1_000 });
    }
  };

  const reload = async () => {
    try {
      const behind = setBack();
      const soon = flow.clock.now() + RELOAD_MS;
      const rows = await flow.ledger.waiting(soon + behind, RELOAD_ROWS);
      put(
        rows
          .filter((row) => row.due_at <= soon || !laneFor(row.lane).has(row.key))
          .map((row) => (row.due_at <= soon ? row : { ...row, due_at: row.due_at - behind })),
      );
    } catch (err) {
      flow.log.error({ err }, 'The outbox could not be read');
    }
  };

  /** What an earlier process sent may still arrive. */
  const holdBegun = async () => {
    const until = flow.clock.monotonic() + settles_ms;
    for (const row of await flow.ledger.begunSince(flow.clock.now() - settles_ms))
      laneFor(row.lane).hold(row, until);
  };

  const armReload = () => {
    stopReload = flow.clock.after(RELOAD_MS, () => {
      void reload().finally(() => open && armReload());
    });
  };

  flow.ledger.onCommitted((rows) => put(rows));

  return {
    inFlight: () => running.size,
    standstills: () => standstills.list(),
    async start() {
      open = true;
      await holdBegun();
      await reload();
      for (const name of lanes.keys()) pump(name);
      armReload();
    },
    async stop(ms) {
      open = false;
      stopReload();
      for (const cancel of timers.values()) cancel();
      timers.clear();
      const patience = new Promise<void>((resolve) => {
        flow.clock.after(ms, resolve);
      });
      await Promise.race([Promise.allSettled(running), patience]);
    },
  };
}
