import { expect, it } from 'vitest';
import { createPusher } from '../../src/sinks/perform.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  aPush,
  farSide,
  type Logged,
  logInto,
  openWebhook,
  type Reply,
  SECRET,
} from '../unit/sinks/far-side.ts';

const BARE = SECRET.slice('whsec_'.length);

/** A far side that gives back all it was told, and what it knows, in every place that we read. */
function echo(status: number): Reply {
  return (response, _, seen) => {
    const all = `${JSON.stringify(seen.headers)} ${SECRET} ${BARE}`;
    const headers = { location: `https://${BARE}.example/?t=${BARE}`, 'retry-after': BARE, 'x-echo': BARE };
    const body = {
      message: all,
      detail: all,
      reference: all,
      exception_metadata: { [BARE]: [all], a: { b: BARE } },
    };
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
}

it('lets no secret out in an outcome or a log line, however a sink fails', async () => {
  const far = await farSide(echo(200));
  const lines: Logged[] = [];
  const clock = new ManualClock();
  const log = logInto(lines);
  const sink = openWebhook({ url: far.url, timeout_ms: 2_000 }, { clock, log });
  const breaker = { failures: 1_000_000, cooldown_ms: 1, max_cooldown_ms: 1 };
  const pusher = createPusher({ sinks: new Map([['oms', sink]]), clock, log, breaker });
  const outcomes: unknown[] = [];
  // 410 comes last, because it ends the sink.
  const statuses = [200, 201, 301, 302, 307, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 599, 410];
  const hangUp: Reply = (response) => response.socket?.destroy();
  const page: Reply = (response) => response.writeHead(200).end(`<html>${SECRET}`);
  const half: Reply = (response) =>
    response.writeHead(200, { 'content-length': '999' }).write(SECRET, () => response.socket?.destroy());
  const long: Reply = (response) => response.writeHead(400).end(SECRET.repeat(20_000));
  const nonsense: Reply = (response) => response.socket?.end(`HTTP/9.9 ${SECRET}\r\n\r\n`);
  for (let round = 0; round < 20; round += 1)
    for (const reply of [hangUp, page, long, nonsense, half, ...statuses.slice(0, -1).map(echo)]) {
      far.answer(reply);
      const key = `push:${String(outcomes.length)}`;
      outcomes.push(await pusher.push(aPush({ key, unsettled: round % 2 === 1 })));
    }
  far.answer(echo(410));
  outcomes.push(await pusher.push(aPush()));
  expect(outcomes.length).toBeGreaterThan(400);
  const told = JSON.stringify([outcomes, lines, pusher.breakerStates()]);
  expect(told.includes(SECRET)).toBe(false);
  expect(told.includes(BARE)).toBe(false);
  expect(told.toLowerCase().includes(BARE.toLowerCase())).toBe(false);
});
