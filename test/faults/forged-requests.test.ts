import { globSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ACTION } from '../../src/bot/ids.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { clickPayload } from '../support/clicks.ts';
import { PEOPLE } from '../support/house.ts';
import { inTurns, isSentence, knock, utter } from './hostile/door.ts';
import { openStage, type Stage } from './hostile/forged-house.ts';
import { malformed } from './hostile/malformed.ts';
import { brokenEnvelopes, DROPPED, signedForgeries, slackKnocks } from './hostile/slack-forgeries.ts';
import { webForgeries } from './hostile/web-forgeries.ts';
import { type Chance, chance } from './town/chance.ts';

const TIMEOUT_MS = scaled({ short: 60_000, quick: 180_000, full: 900_000 });

/** Nothing of what was sent may have stopped the process or frightened it. */
const loose: unknown[] = [];
const catchLoose = (error: unknown) =>
  void loose.push(error instanceof Error ? (error.stack ?? error.message) : error);
beforeAll(() => {
  process.on('unhandledRejection', catchLoose);
  process.on('uncaughtException', catchLoose);
});
afterAll(() => {
  process.off('unhandledRejection', catchLoose);
  process.off('uncaughtException', catchLoose);
});

/** A share of each round in short runs, whole rounds with other chances until there are enough. */
function gather<T>(random: Chance, tries: number, round: () => readonly T[]): T[] {
  const all: T[] = [];
  while (all.length < tries) {
    const left = [...round()];
    while (left.length > 0 && all.length < tries) {
      const [one] = left.splice(random.between(0, left.length - 1), 1);
      if (one !== undefined) all.push(one);
    }
  }
  return all;
}

type Wrong = { why: string; answer: string };

/** Refused with a sentence, or taken for what it is: a repeat, or nothing that concerns anybody. */
async function send(stage: Stage, requests: ReturnType<typeof webForgeries>): Promise<Wrong[]> {
  const wrong: Wrong[] = [];
  await inTurns(requests, 16, async (request) => {
    const answer = await knock(stage.house.meshline.url, request);
    const { status } = answer;
    const quiet =
      status === 200 && (request.path === '/slack/events' || request.why === 'replay: to the byte');
    const refused = status >= 400 && status < 500 && isSentence(answer);
    if (!quiet && !refused)
      wrong.push({ why: request.why, answer: `${status} ${answer.text.slice(0, 200)}` });
  });
  return wrong;
}

/** Nothing was polluted, nothing got loose, and everything that the requests began has come to its end. */
async function settled(stage: Stage): Promise<void> {
  expect(
    ({} as { admin?: unknown; polluted?: unknown }).admin ?? Reflect.get({}, 'polluted'),
  ).toBeUndefined();
  await expect
    .poll(async () => (await stage.house.meshline.flow.ledger.pulse(stage.house.clock.now())).outbox)
    .toBe(0);
}

/** The doors still open to whom they should: Priya accepts her promo by a genuine click. */
async function genuineClick(stage: Stage): Promise<void> {
  const { house, pending } = stage;
  const card = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (message) => JSON.stringify(message.blocks ?? []).includes(pending));
  await house.sandbox.control.deliver('interactive', clickPayload(card, ACTION.accept, PEOPLE.priya.slack));
  await expect.poll(async () => (await house.meshline.flow.ledger.get(pending))?.acceptances.length).toBe(1);
}

describe('forged requests', { timeout: TIMEOUT_MS }, () => {
  it('have no effect by HTTP, and are refused with a sentence', async () => {
    const stage = await openStage('http');
    onTestFinished(() => stage.close());
    const random = chance();
    const requests = gather(random, scaled({ short: 700, quick: 2_600, full: 8_000 }), () => [
      ...webForgeries(random, stage),
      ...slackKnocks(random, stage),
    ]);
    const before = await stage.mark();
    const wrong = await send(stage, requests);
    const raw = malformed(random, scaled({ short: 30, quick: 60, full: 200 }));
    await inTurns(raw, 8, async ({ why, bytes }) => {
      const heard = await utter(stage.house.meshline.url, bytes);
      if (heard !== '' && !/^HTTP\/1\.1 4\d\d /.test(heard)) wrong.push({ why, answer: heard.slice(0, 200) });
    });
    await settled(stage);
    const after = await stage.mark();
    const effects = after === before ? 0 : 1;
    reportProof('forged_requests', {
      tries: requests.length + raw.length,
      lost: 0,
      doubled: effects,
      wrong: wrong.length + loose.length,
    });
    expect(wrong.slice(0, 20), `seed ${random.seed}`).toEqual([]);
    expect(stage.since(Number.parseInt(before, 10)), `seed ${random.seed}`).toEqual([]);
    expect(after).toBe(before);
    expect(loose).toEqual([]);
    await genuineClick(stage);
  });
});

describe('forged envelopes', { timeout: TIMEOUT_MS }, () => {
  it('have no effect in Socket Mode, and the connections stay', async () => {
    const stage = await openStage('socket');
    onTestFinished(() => stage.close());
    const { house } = stage;
    const random = chance(1);
    const deliveries = gather(random, scaled({ short: 200, quick: 700, full: 2_000 }), () => [
      ...signedForgeries(random, stage),
      ...brokenEnvelopes(random),
    ]);
    const before = await stage.mark();
    const unanswered: Promise<unknown>[] = [];
    await inTurns(deliveries, 16, async ({ why, kind, payload }) => {
      const answer = house.sandbox.control.deliver(kind, payload);
      // What is dropped is never acknowledged, and Slack would wait for three seconds.
      if (why.startsWith(DROPPED)) unanswered.push(answer);
      else await Promise.race([answer, pause(300)]);
    });
    await Promise.all(unanswered);
    await settled(stage);
    const after = await stage.mark();
    reportProof('forged_requests', {
      tries: deliveries.length,
      lost: 0,
      doubled: after === before ? 0 : 1,
      wrong: loose.length + (house.sandbox.control.connections() === 2 ? 0 : 1),
    });
    expect(stage.since(Number.parseInt(before, 10)), `seed ${random.seed}`).toEqual([]);
    expect(after).toBe(before);
    expect(house.sandbox.control.connections()).toBe(2);
    expect(loose).toEqual([]);
    await genuineClick(stage);
  });
});

it('signatures are compared in constant time wherever they are', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const making = globSync('**/*.ts', { cwd: src }).filter((file) =>
    /\bcreateHmac\(/.test(readFileSync(src + file, 'utf8')),
  );
  expect(making.length).toBeGreaterThan(2);
  for (const file of making) expect(readFileSync(src + file, 'utf8'), file).toMatch(/\btimingSafeEqual\(/);
});
