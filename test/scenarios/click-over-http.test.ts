import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sign } from '../../sandbox/delivery/http.ts';
import { clickPayload, eventsOf, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ mode: 'http' });
});

afterAll(() => house.close());

const FORM = 'application/x-www-form-urlencoded';

/** Posts to the request URL, rightly signed unless told otherwise. */
async function post(
  body: string,
  { type = FORM, at = house.clock.now(), secret = house.sandbox.signingSecret, signature = '' } = {},
): Promise<number> {
  const seconds = Math.floor(at / 1000);
  const response = await fetch(`${house.meshline.url}/slack/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': signature || sign(secret, seconds, body),
    },
  });
  await response.arrayBuffer();
  return response.status;
}

const form = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

it('answers the url_verification handshake', async () => {
  expect(await house.sandbox.control.verifyRequestUrl()).toBe(true);
});

it('decides by a click, a form, and answers a command', async () => {
  const accepted = await promo(house, 'Accepted');
  expect(await house.as('priya').click(accepted.card, 'accept')).toEqual({ acked: true });
  await vi.waitFor(async () => expect((await stateOf(house, accepted.id)).acceptances).toHaveLength(1));
  const rejected = await promo(house, 'Rejected');
  await house.as('priya').click(rejected.card, 'reject');
  const modal = await house.as('priya').waitForModal();
  expect(await house.as('priya').submit(modal, { value: 'Too cheap.' })).toMatchObject({ action: 'close' });
  expect((await stateOf(house, rejected.id)).status).toBe('rejected');
  expect(await house.as('hannah').command('#promo-approvals', '/exports')).toEqual({ acked: true });
  await vi.waitFor(() => expect(told(house, 'hannah')).toEqual([expect.stringContaining('for you')]));
});

it('does nothing for forged, future, old and replayed requests', async () => {
  const { id, card } = await promo(house, 'Attacked');
  const body = form(clickPayload(card, 'accept', PEOPLE.priya.slack));
  const now = house.clock.now();
  expect(await post(body, { secret: 'guessed' })).toBe(401);
  expect(await post(body, { signature: 'v0=' })).toBe(401);
  expect(await post(body, { at: now + 10 * 60_000 })).toBe(401);
  expect(await post(body, { at: now - 10 * 60_000 })).toBe(401);
  expect((await stateOf(house, id)).acceptances).toEqual([]);

  expect(await post(body, { at: now })).toBe(200);
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
  const events = await eventsOf(house, id);
  const before = told(house, 'priya').length;
  for (let again = 0; again < 10; again += 1) expect(await post(body, { at: now })).toBe(200);
  expect(await eventsOf(house, id)).toEqual(events);
  expect(told(house, 'priya')).toHaveLength(before);
});

it('survives signed bodies that no Slack would send, the signed null among them', async () => {
  const { id, card } = await promo(house, 'Hostile');
  const before = await eventsOf(house, id);
  const click = clickPayload(card, 'accept', PEOPLE.priya.slack);
  const json = { type: 'application/json' };
  for (const body of [
    'null',
    '[]',
    '1',
    '"a"',
    '',
    '{',
    '{"event":null}',
    '{"__proto__":{"type":"block_actions"}}',
  ]) {
    expect(await post(body, json), body).toBe(400);
    expect(await post(new URLSearchParams({ payload: body }).toString()), body).toBe(400);
  }
  expect(await post(form({ ...click, user: null }))).toBe(400);
  expect(await post(form({ ...click, actions: [null] }))).toBe(400);
  expect(await post(form({ ...click, trigger_id: { $gt: '' } }))).toBe(400);
  expect(await post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, json)).toBe(400);
  expect(await post('x'.repeat(2 * 1024 * 1024), json)).toBe(413);
  expect(await eventsOf(house, id)).toEqual(before);

  expect(await house.as('priya').click(card, 'accept')).toEqual({ acked: true });
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
});
