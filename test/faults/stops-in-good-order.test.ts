import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, type onTestFinished } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { type Chance, chance } from './town/chance.ts';
import { steady } from './town/exports.ts';
import { seatPeople } from './town/people.ts';
import { openTown, type Town } from './town/process.ts';
import { sendSteadily } from './town/senders.ts';
import { comesToRest, countsOf, expectAllWell, judge } from './town/verdict.ts';

const STOPS = scaled({ short: 2, quick: 6, full: 25 });
/** Beside other test files the machine itself takes its time. */
const STOPPED_WITHIN_MS = scaled({ short: 60_000, quick: 10_000, full: 10_000 });

type Circumstance = {
  name: 'at work' | 'starting' | 'sink hangs' | 'slack hangs' | 'slow client' | 'everything hangs';
  /** Brings it about, in a process that is at work. */
  before(town: Town): Promise<void>;
};

/** Gives up after a while: it is about how it stops, and not every moment has work for every far side. */
async function soon(happened: () => boolean): Promise<void> {
  const until = performance.now() + 2_000;
  while (!happened() && performance.now() < until) await pause(5);
}

async function sinkHangs({ sinks }: Town): Promise<void> {
  for (const sink of ['oms', 'wms']) sinks.setMode(sink, 'timeout');
  await soon(() => sinks.state().some(({ received }) => received[0]?.status === 0));
}

async function slackHangs({ sandbox: { control } }: Town): Promise<void> {
  const since = control.calls().length;
  for (const method of ['chat.postMessage', 'chat.update', 'users.info'])
    control.addFault({ match: { method }, kind: 'hang', times: 0 });
  await soon(() =>
    control
      .calls()
      .slice(since)
      .some(({ error }) => error === 'fault:hang'),
  );
}

/** A request whose body never comes. */
async function slowClient(town: Town): Promise<void> {
  const { hostname, port } = new URL(town.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(
    [
      'POST /v1/exports HTTP/1.1',
      'host: meshline',
      'meshline-source: pim',
      'webhook-id: msg_slow',
      `webhook-timestamp: ${Math.floor(Date.now() / 1000)}`,
      `webhook-signature: v1,${Buffer.alloc(32).toString('base64')}`,
      'content-type: application/json',
      'content-length: 9999',
      '\r\n{',
    ].join('\r\n'),
  );
}

const AT_WORK: Circumstance = { name: 'at work', before: () => Promise.resolve() };
const STARTING: Circumstance = { name: 'starting', before: () => Promise.resolve() };
const CIRCUMSTANCES: readonly [Circumstance, ...Circumstance[]] = [
  {
    name: 'everything hangs',
    async before(town) {
      await slackHangs(town);
      await sinkHangs(town);
      await slowClient(town);
    },
  },
  STARTING,
  AT_WORK,
  { name: 'slow client', before: slowClient },
  { name: 'slack hangs', before: slackHangs },
  { name: 'sink hangs', before: sinkHangs },
];

function heal(town: Town): void {
  for (const sink of ['oms', 'wms']) town.sinks.setMode(sink, 'ok');
  town.sandbox.control.clearFaults();
}

type Stopped = { name: Circumstance['name']; ms: number; how: string };

/** Starts it, brings the circumstance about, and asks it to stop, sometimes twice. */
async function startAndStop(town: Town, random: Chance, circumstance: Circumstance): Promise<Stopped> {
  const { name } = circumstance;
  const child = town.start();
  if (circumstance === STARTING) await pause(random.between(0, 900));
  else {
    await town.ready();
    await pause(random.between(0, 400));
    await circumstance.before(town);
    await pause(random.between(50, 500));
  }
  const asked = performance.now();
  const gone = town.end('SIGTERM');
  // Whoever is impatient asks again; that must not cut anything off.
  if (random.next() < 0.5) {
    await pause(random.between(0, 300));
    child.kill('SIGTERM');
  }
  const code = await gone;
  heal(town);
  const { signalCode } = child;
  return { name, ms: performance.now() - asked, how: signalCode ?? String(code) };
}

/** Node itself ends by the signal until the first line of Meshline has run. */
function inGoodOrder({ name, how }: Stopped): boolean {
  return how === '0' || (name === 'starting' && how === 'SIGTERM');
}

async function stopAgainAndAgain(salt: number, finished: typeof onTestFinished): Promise<void> {
  const random = chance(salt);
  const town = await openTown((file) => {
    Object.assign(file.policies['promo_activation'] ?? {}, { undo_ms: 500 });
  });
  finished(() => town.close());
  const people = seatPeople(town.sandbox);
  finished(() => people.stop());
  const sending = sendSteadily(() => town.url, steady, { width: 6, everyMs: 60 });
  finished(() => sending.abandon());

  const stops: Stopped[] = [];
  for (let stop = 0; stop < STOPS; stop += 1) {
    const circumstance = CIRCUMSTANCES[(stop + salt) % CIRCUMSTANCES.length] ?? AT_WORK;
    stops.push(await startAndStop(town, random, circumstance));
  }
  town.start();
  await town.ready();
  await sending.enough();
  const all = sending.acknowledged.length;
  await comesToRest(town, all);
  await people.stop();
  const code = await town.end('SIGTERM');
  expect(code).toBe(0);

  const verdict = await judge(town, sending.acknowledged);
  const bad = stops.filter((each) => !inGoodOrder(each)).map(({ name, how }) => `${name}: ended with ${how}`);
  verdict.wrong.push(...bad, ...sending.refused);
  const longest = Math.max(...stops.map(({ ms }) => ms));
  reportProof('stop', { ...countsOf(stops.length, verdict), ms: longest });
  const told = Map.groupBy(stops, ({ name }) => name);
  process.stdout.write(
    `seed ${random.seed}: ${all} exports; stopped, and took at most (ms): ${[...told]
      .map(([name, each]) => `${name} ${each.length} x ${Math.round(Math.max(...each.map(({ ms }) => ms)))}`)
      .join(', ')}\n`,
  );
  expectAllWell(verdict);
  expect(longest).toBeLessThan(STOPPED_WITHIN_MS);
}

describe.concurrent('asked to stop by SIGTERM', { timeout: 240_000 + STOPS * 15_000 }, () => {
  it('ends within ten seconds with 0 and loses nothing', async (test) =>
    stopAgainAndAgain(0, test.onTestFinished));
  it('ends within ten seconds with 0 and loses nothing, in another town', async (test) =>
    stopAgainAndAgain(2, test.onTestFinished));
});
