import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Export } from '../../../src/exports/state.ts';
import { verifyFile } from '../../../src/store/index.ts';
import type { Counts } from '../../proof/counts.ts';
import { outboxOf, statesOf, tally } from './ledger.ts';
import type { Town } from './process.ts';

const CHANNELS = [
  '#promo-approvals',
  '#merchandising',
  '#logistics',
  '#operations',
  '#supply-chain',
  '#meshline-remediation',
  '#on-call',
] as const;

/** What broke, each named; nothing when all is well. */
export type Verdict = { lost: string[]; doubled: string[]; wrong: string[] };

/** Every message of ours by its post id; more than one under an id would be a duplicate. */
function posts(town: Town): Map<string, number> {
  const called = town.sandbox.control
    .calls({ method: 'chat.postMessage' })
    .map(({ args }) => args['channel']);
  const direct = called.filter((id): id is string => typeof id === 'string' && id.startsWith('D'));
  const ids = [...CHANNELS, ...new Set(direct)].flatMap((channel) =>
    town.sandbox.control.messages(channel).map(({ metadata }) => metadata?.event_payload['post_id']),
  );
  return count(ids.filter((id) => typeof id === 'string'));
}

const duplicated = <T>(counted: ReadonlyMap<T, number>) =>
  [...counted].filter(([, n]) => n > 1).map(([what, n]) => `${n} x ${String(what)}`);

function count<T>(values: readonly T[]): Map<T, number> {
  const counted = new Map<T, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

type Act = { operation: string; export: { export_id: string }; data: unknown };

/** Pushes that never came to the sink, and acts that it carried out twice or that nobody planned. */
function atSink(town: Town, sink: 'oms' | 'wms', states: readonly Export[]): Verdict {
  const effects = town.sinks.effects(sink);
  const due = new Set(
    states.flatMap((state) => state.pushes.filter((push) => push.sink === sink)).map(({ key }) => key),
  );
  const done = new Set(effects.map(({ key }) => key));
  const acts = effects.map(({ body }) => {
    const act = body as Act;
    return `${act.export.export_id} ${act.operation} ${JSON.stringify(act.data)}`;
  });
  return {
    lost: [...due].filter((key) => !done.has(key)).map((key) => `${sink} never got ${key}`),
    doubled: duplicated(count(acts)),
    wrong: [...done].filter((key) => !due.has(key)).map((key) => `${sink} got ${key}, which nobody planned`),
  };
}

/** Longer than any wait of the outbox once nothing fails any more. */
const QUIET_MS = 90_000;
const LOOK_EVERY_MS = 200;

/**
 * Waits until each of `all` exports is delivered and shown, as long as something still changes: a channel
 * takes one message a second. What is not there by then, `judge` finds.
 */
export async function comesToRest(town: Pick<Town, 'file'>, all: number): Promise<void> {
  const rest = JSON.stringify([{ delivered: all }, {}]);
  let seen = '';
  let since = performance.now();
  while (seen !== rest && performance.now() - since < QUIET_MS) {
    const now = JSON.stringify([tally(town.file), outboxOf(town.file)]);
    if (now !== seen) since = performance.now();
    seen = now;
    if (seen !== rest) await pause(LOOK_EVERY_MS);
  }
}

/** Holds the ledger, the sinks and Slack's history against what was acknowledged, once everything is quiet. */
export async function judge(town: Town, acknowledged: readonly string[]): Promise<Verdict> {
  const states = new Map(statesOf(town.file).map((state) => [state.id, state]));
  const known = new Set(acknowledged);
  const open = [...states.values()].filter((state) => state.status !== 'delivered');
  const posted = posts(town);
  const asked = [...states.values()].filter((state) => state.revision?.policy.gate.mode !== 'policy');
  const cards = asked.flatMap((state) => state.channels.map((channel) => `card:${state.id}:${channel}`));
  const sinks = (['oms', 'wms'] as const).map((sink) => atSink(town, sink, [...states.values()]));
  const { faults } = await verifyFile(town.file);
  return {
    lost: [
      ...acknowledged.filter((id) => !states.has(id)).map((id) => `${id} was acknowledged and is gone`),
      ...open.map(({ id, status }) => `${id} is still ${status}`),
      ...Object.entries(outboxOf(town.file)).map(([kind, n]) => `${n} rows of ${kind} still wait`),
      ...cards.filter((id) => !posted.has(id)).map((id) => `${id} does not stand`),
      ...sinks.flatMap((each) => each.lost),
    ],
    doubled: [
      ...duplicated(count(acknowledged)),
      ...duplicated(posted),
      ...sinks.flatMap((each) => each.doubled),
    ],
    wrong: [
      ...[...states.keys()]
        .filter((id) => !known.has(id))
        .map((id) => `${id} was stored and never acknowledged`),
      ...sinks.flatMap((each) => each.wrong),
      ...faults.map((fault) => `${fault.where}: ${fault.what}`),
    ],
  };
}

export function countsOf(tries: number, { lost, doubled, wrong }: Verdict): Counts {
  return { tries, lost: lost.length, doubled: doubled.length, wrong: wrong.length };
}

export function expectAllWell(verdict: Verdict): void {
  expect(verdict).toEqual({ lost: [], doubled: [], wrong: [] });
}
