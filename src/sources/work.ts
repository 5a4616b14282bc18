import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../exports/define.ts';
import type { Json } from '../exports/envelope.ts';
import { sentence } from '../exports/refusals.ts';
import { DAY_MS, HOUR_MS } from '../exports/words.ts';
import type { Log } from '../log.ts';
import type { InboundLedger, InboundRow, InboundSettlement, IntakeResult } from '../store/port.ts';
import type { Pulled } from './define.ts';
import { type Draft, type Drafting, draftOfFailure, draftsOf } from './drafts.ts';
import type { Fact, Understood } from './facts.ts';
import type { OpenSource } from './registry.ts';
import { wants } from './rules.ts';
import { createTrouble } from './trouble.ts';

/** What is still to be done for an event: exports as they stand, and something to fetch for more of them. */
export const Work = z.strictObject({
  drafts: z.array(z.strictObject({ key: z.string(), raw: z.record(z.string(), z.json()) })),
  pointer: z.json().nullable(),
});
export type Work = z.infer<typeof Work>;

export type WorkDeps = {
  clock: Clock;
  log: Log;
  catalog: Pick<Catalog, 'get'>;
  inbound: InboundLedger;
  sources: ReadonlyMap<string, OpenSource>;
  /** Intake, as for any export of that source. */
  receive(source: string, raw: { [key: string]: Json }, key: string): Promise<IntakeResult>;
};

export type Worker = {
  /** Works on everything that has come due; a call while it works makes it look once more. */
  run(): Promise<void>;
  /** The same for one source, as soon as whoever asks has had its answer. */
  soon(open: OpenSource): void;
  /** Begins nothing more, and resolves when what has begun has ended. */
  stop(): Promise<void>;
};

const BATCH = 50;
/** Events of one source under way at once; then the event loop has its turn, so that answers come first. */
const AT_ONCE = 4;
const FIRST_RETRY_MS = 2_000;
/** An event is given up after this long, and people are told. */
const GIVE_UP_MS = 3 * DAY_MS;
/** After so many tries of one event, about ten minutes, people hear that its source does not answer. */
const TELL_AT = 8;

export function draftingOf(
  { kind, naming, rules }: OpenSource,
  { catalog, clock }: Pick<WorkDeps, 'catalog' | 'clock'>,
): Drafting {
  return {
    system: kind,
    naming,
    rules,
    intentOf: (type) => catalog.get(type)?.intents[0] ?? 'notify',
    now: clock.now(),
  };
}

/** The work that the rules make of an event; null when none wants it. */
export function workFor(
  source: OpenSource,
  understood: Exclude<Understood, { kind: 'wrong' }>,
  topicDrafts: readonly Draft[],
  deps: Pick<WorkDeps, 'catalog' | 'clock'>,
): Work | null {
  const drafting = draftingOf(source, deps);
  const facts = understood.kind === 'facts' ? understood.facts : [];
  const follow = understood.kind === 'pointer' && source.rules.some((rule) => wants(rule, understood.about));
  const drafts = [...topicDrafts, ...draftsOf(facts, drafting)];
  const pointer = follow ? understood.pointer : null;
  return drafts.length === 0 && pointer === null ? null : { drafts, pointer };
}

/** The same for what a source was found to have changed. */
export function workForPulled(
  source: OpenSource,
  { understood }: Pulled,
  deps: Pick<WorkDeps, 'catalog' | 'clock'>,
): Work | null {
  return understood.kind === 'wrong' ? null : workFor(source, understood, [], deps);
}

type Result = InboundSettlement['result'];

/** Makes exports of noted events; what cannot be made yet is tried again for three days. */
export function createWorker(deps: WorkDeps): Worker {
  const { clock, log, inbound, sources, receive } = deps;
  const trouble = createTrouble(deps);
  /** A source that is slow keeps no other waiting. */
  const lanes = new Map<string, { running: Promise<void> | null; again: boolean }>();
  let stopped = false;

  async function factsOf(
    { source }: OpenSource,
    row: InboundRow,
    pointer: Json,
  ): Promise<readonly Fact[] | Result> {
    const fetched = await source.fetch(pointer);
    switch (fetched.kind) {
      case 'ok':
        return fetched.value;
      case 'failed':
        return fetched;
      case 'later': {
        const usual = Math.min(FIRST_RETRY_MS * 2 ** Math.min(row.attempts, 16), HOUR_MS);
        return { kind: 'later', after_ms: Math.max(fetched.after_ms ?? 0, usual), reason: fetched.reason };
      }
    }
  }

  async function perform(open: OpenSource, row: InboundRow): Promise<Result> {
    const work = Work.parse(row.work);
    const drafts = [...work.drafts];
    if (work.pointer !== null) {
      const facts = await factsOf(open, row, work.pointer);
      if (!isFacts(facts)) return facts;
      drafts.push(...draftsOf(facts, draftingOf(open, deps)));
    }
    for (const { key, raw } of drafts) {
      const received = await receive(row.source, raw, key);
      // A conflict is the same event told in other words: the first export of it stands.
      if (received.kind === 'refused' && received.refusal.refused !== 'conflict') {
        return { kind: 'failed', reason: sentence(received.refusal) };
      }
    }
    return { kind: 'done' };
  }

  async function giveUp(
    open: OpenSource,
    row: InboundRow,
    exception_code: string,
    reason: string,
  ): Promise<Result> {
    const { key, raw } = draftOfFailure(row, { exception_code, reason }, open.kind);
    await receive(row.source, raw, key);
    log.error({ source: row.source, event: row.id, reason }, 'An event of a source was given up');
    return { kind: 'failed', reason };
  }

  async function resultOf(open: OpenSource, row: InboundRow): Promise<Result> {
    const result = await perform(open, row);
    switch (result.kind) {
      case 'done':
        return result;
      case 'failed':
        return giveUp(open, row, 'contract_mapping_error', result.reason);
      case 'later':
        if (clock.now() - row.received_at > GIVE_UP_MS)
          return giveUp(open, row, 'sink_unreachable', result.reason);
        if (row.attempts === TELL_AT) await trouble.tell(row.source, result.reason);
        return result;
    }
  }

  async function one(open: OpenSource, row: InboundRow): Promise<void> {
    const { source, id } = row;
    const result = await resultOf(open, row).catch((err: unknown): Result => {
      log.error({ err, source, event: id }, 'An event of a source could not be worked on');
      return {
        kind: 'later',
        after_ms: FIRST_RETRY_MS * 2 ** Math.min(row.attempts, 10),
        reason: 'It broke off.',
      };
    });
    await inbound.settle({ source, id, result }, clock.now());
  }

  async function drain(open: OpenSource, lane: { again: boolean }): Promise<void> {
    do {
      lane.again = false;
      while (!stopped) {
        const rows = await inbound.due(open.name, clock.now(), BATCH);
        if (rows.length === 0) break;
        for (let from = 0; from < rows.length && !stopped; from += AT_ONCE) {
          await Promise.all(rows.slice(from, from + AT_ONCE).map((row) => one(open, row)));
          await turn();
        }
      }
    } while (lane.again && !stopped);
  }

  function work(open: OpenSource): Promise<void> {
    const lane = lanes.get(open.name) ?? { running: null, again: false };
    lanes.set(open.name, lane);
    lane.again = true;
    lane.running ??= drain(open, lane).finally(() => {
      lane.running = null;
    });
    return lane.running;
  }

  return {
    async run() {
      await Promise.all([...sources.values()].map(work));
    },
    soon(open) {
      clock.after(0, () => {
        work(open).catch((err: unknown) =>
          log.error({ err, source: open.name }, 'Events of a source could not be worked on'),
        );
      });
    },
    async stop() {
      stopped = true;
      await Promise.allSettled([...lanes.values()].flatMap(({ running }) => running ?? []));
    },
  };
}

function isFacts(value: readonly Fact[] | Result): value is readonly Fact[] {
  return Array.isArray(value);
}
