import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Town } from './process.ts';

/** An effect at which the process is killed: right after it was carried out and before it was answered, or right before. */
export type Point = { at: 'oms' | 'wms' | 'a post' | 'a post or an edit'; carriedOut: boolean };

/** What was hit; a reply in a thread is a post too. */
export type Hit = 'push' | 'card' | 'reply' | 'edit';

const POINTS = ['oms', 'wms', 'a post', 'a post', 'a post or an edit'] as const;

/** Longer than any pause of the outbox under these faults. */
const PATIENCE_MS = 20_000;

export function anyPoint(random: Chance): Point {
  return { at: random.pick(POINTS), carriedOut: random.next() < 0.7 };
}

/**
 * Kills the process at the next effect of this kind. Gives what it was, or null when none came; rejects
 * when the process ended before by itself.
 */
export async function killAt(town: Town, point: Point): Promise<Hit | null> {
  let hit = false;
  const early = town.ended().then((said) => {
    if (!hit) throw new Error(`Meshline ended by itself:\n${said}`);
    return null;
  });
  const onHit = () => {
    hit = true;
    return town.end('SIGKILL');
  };
  const killed =
    point.at === 'oms' || point.at === 'wms'
      ? killAtPush(town, point.at, point.carriedOut, onHit)
      : killAtCall(town, point, onHit);
  return Promise.race([killed, early.then(() => killed)]);
}

type Kill = () => Promise<unknown>;

const newestAt = (town: Town, sink: string) =>
  town.sinks.state().find(({ name }) => name === sink)?.received[0];

/** The sink tells of a push after it has carried it out and before it answers; one that never answers, instead. */
async function killAtPush(
  town: Town,
  sink: 'oms' | 'wms',
  carriedOut: boolean,
  kill: Kill,
): Promise<Hit | null> {
  if (!carriedOut) town.sinks.setMode(sink, 'timeout');
  const before = newestAt(town, sink);
  const hit = new Promise<'push'>((resolve) => {
    let done = false;
    town.sinks.onChange(() => {
      if (done || newestAt(town, sink) === before) return;
      done = true;
      void kill().then(() => resolve('push'));
    });
  });
  const outcome = await Promise.race([hit, pause(PATIENCE_MS, null, { ref: false })]);
  town.sinks.setMode(sink, 'ok');
  return outcome;
}

/** Slack stores the message or not, and is silent; that silence is when the process is killed. */
async function killAtCall(town: Town, { at, carriedOut }: Point, kill: Kill): Promise<Hit | null> {
  const { control } = town.sandbox;
  const methods = at === 'a post' ? ['chat.postMessage'] : ['chat.postMessage', 'chat.update'];
  for (const method of methods) {
    control.addFault({ match: { method }, kind: carriedOut ? 'stored_then_hang' : 'hang' });
  }
  const began = performance.now();
  while (control.faults().length === methods.length) {
    if (performance.now() - began > PATIENCE_MS) {
      control.clearFaults();
      return null;
    }
    await pause(1);
  }
  await kill();
  control.clearFaults();
  const last = control.calls({ ok: false }).at(-1);
  if (last?.method === 'chat.update') return 'edit';
  return last?.args['thread_ts'] === undefined ? 'card' : 'reply';
}
