import type { App } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../../../sandbox/delivery/http.ts';
import { createSlack, type SlackInput } from '../../../src/bot/app.ts';
import type { SlackResponse } from '../../../src/bot/guard.ts';
import { countingIds, ManualClock, T0 } from '../../support/manual-clock.ts';
import { quietLog } from './quiet-log.ts';

const SECRET = 'a-signing-secret';
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

let clock: ManualClock;
let slack: SlackInput;
let seen: string[];

function register(app: App): void {
  app.command('/exports', async ({ ack, command }) => {
    seen.push(command.trigger_id);
    await ack({ text: 'hello' });
  });
  app.action('accept', async ({ ack, body }) => {
    seen.push(body.user.id);
    await ack();
  });
  app.action('silent', () => {
    seen.push('silent');
    return new Promise<void>(() => undefined);
  });
  app.event('app_home_opened', ({ event }) => {
    seen.push(event.user);
    return Promise.resolve();
  });
}

beforeEach(async () => {
  clock = new ManualClock();
  seen = [];
  slack = createSlack({
    botToken: 'xoxb-test',
    appToken: null,
    signingSecret: SECRET,
    apiUrl: 'http://127.0.0.1:9/api/',
    clock,
    ids: countingIds(),
    log: quietLog(),
    register,
  });
  await slack.start();
});

type Change = { at?: number; secret?: string; signature?: string; headers?: Record<string, string> };

function send(body: string, type = JSON_TYPE, change: Change = {}): Promise<SlackResponse> {
  const seconds = Math.floor((change.at ?? clock.now()) / 1000);
  const process = slack.http;
  if (!process) throw new Error('expected HTTP mode');
  return process({
    rawBody: Buffer.from(body),
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': change.signature ?? sign(change.secret ?? SECRET, seconds, body),
      ...change.headers,
    },
  });
}

const command = (trigger_id: string) =>
  new URLSearchParams({
    command: '/exports',
    text: '',
    team_id: 'T1',
    user_id: 'U1',
    channel_id: 'C1',
    trigger_id,
  }).toString();

const click = (action_id: string) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: 'U1', team_id: 'T1' },
      team: { id: 'T1', domain: 't' },
      trigger_id: 't1',
      actions: [{ type: 'button', action_id, block_id: 'b', value: 'v1:x:1', action_ts: '1' }],
      container: { type: 'message' },
      channel: { id: 'C1', name: 'c' },
    }),
  }).toString();

describe('requests from Slack over HTTP', () => {
  it('answers a signed command with what the listener acknowledged', async () => {
    const answer = await send(command('t1'), FORM_TYPE);
    expect(answer).toMatchObject({ status: 200, body: '{"text":"hello"}' });
    expect(seen).toEqual(['t1']);
  });

  it('lets clicks and events through', async () => {
    expect(await send(click('accept'), FORM_TYPE)).toMatchObject({ status: 200, body: '' });
    const event = { type: 'app_home_opened', user: 'U7', channel: 'D1', tab: 'home', event_ts: '1' };
    const body = JSON.stringify({ type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event });
    expect((await send(body)).status).toBe(200);
    await expect.poll(() => seen).toEqual(['U1', 'U7']);
  });

  it('echoes the url_verification challenge and answers ssl_check', async () => {
    const verification = await send('{"type":"url_verification","challenge":"c0ffee","token":"x"}');
    expect(verification).toMatchObject({ status: 200, body: '{"challenge":"c0ffee"}' });
    expect((await send('ssl_check=1&token=x', FORM_TYPE)).status).toBe(200);
  });

  it('refuses a forged signature, one by another secret, and one of another body', async () => {
    expect((await send(command('t'), FORM_TYPE, { signature: 'v0=00' })).status).toBe(401);
    expect((await send(command('t'), FORM_TYPE, { signature: '' })).status).toBe(401);
    expect((await send(command('t'), FORM_TYPE, { secret: 'another' })).status).toBe(401);
    const other = sign(SECRET, T0 / 1000, command('other'));
    expect((await send(command('t'), FORM_TYPE, { signature: other })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('refuses times more than five minutes off on either side, and times that are none', async () => {
    expect((await send(command('t'), FORM_TYPE, { at: T0 - 301_000 })).status).toBe(401);
    expect((await send(command('t'), FORM_TYPE, { at: T0 + 301_000 })).status).toBe(401);
    const headers = { 'x-slack-request-timestamp': 'NaN' };
    expect((await send(command('t'), FORM_TYPE, { headers })).status).toBe(401);
    expect(seen).toEqual([]);
    expect((await send(command('past'), FORM_TYPE, { at: T0 - 299_000 })).status).toBe(200);
    expect((await send(command('future'), FORM_TYPE, { at: T0 + 299_000 })).status).toBe(200);
    expect(seen).toEqual(['past', 'future']);
  });

  it('does nothing a second time for the very same request, however late it is replayed', async () => {
    const at = T0 + 290_000;
    expect((await send(command('once'), FORM_TYPE, { at })).status).toBe(200);
    expect(await send(command('once'), FORM_TYPE, { at })).toMatchObject({ status: 200, body: '' });
    clock.advance(9 * 60_000);
    expect((await send(command('once'), FORM_TYPE, { at })).status).toBe(200);
    clock.advance(2 * 60_000);
    expect((await send(command('once'), FORM_TYPE, { at })).status).toBe(401);
    expect(seen).toEqual(['once']);
  });

  it('survives signed bodies that no Slack would send', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const action = { type: 'block_actions', user: { id: 'U1' }, team: null, trigger_id: 't' };
    const bodies = [
      'null',
      '[]',
      '7',
      '"x"',
      '',
      '{',
      '{}',
      '{"event":null}',
      '{"type":"event_callback","event":{"type":"message","item":null}}',
      '{"type":"event_callback","team_id":"T","event_id":"E","event":{"type":"x","item":null}}',
      '{"type":"event_callback","team_id":"T","event_id":"E","event":{"type":"x","channel":null}}',
      '{"type":"event_callback","team_id":"T","event_id":"E","authorizations":{},"event":{"type":"x"}}',
      JSON.stringify({ ...action, actions: [] }),
      JSON.stringify({ ...action, actions: [null] }),
      JSON.stringify({ ...action, actions: [{}], user: null }),
      '{"type":"view_submission","user":{"id":"U"},"team":null,"view":null}',
      `{"__proto__":{"admin":true},${JSON.stringify({ ...action, actions: [] }).slice(1)}`,
      deep,
      `{"type":"event_callback","team_id":"T","event_id":"E","event":{"type":"x","deep":${deep}}}`,
    ];
    for (const body of bodies) {
      expect((await send(body)).status, body.slice(0, 80)).toBe(400);
      const form = new URLSearchParams({ payload: body }).toString();
      expect((await send(form, FORM_TYPE)).status, body.slice(0, 80)).toBe(400);
    }
    expect((await send('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect(seen).toEqual([]);
    expect((await send(command('alive'), FORM_TYPE)).status).toBe(200);
    expect(seen).toEqual(['alive']);
  });

  it('says at once that nobody listens to an action, and after 2.8 s that nobody acknowledged', async () => {
    expect((await send(click('unknown'), FORM_TYPE)).status).toBe(404);
    const waiting = send(click('silent'), FORM_TYPE);
    await expect.poll(() => seen).toEqual(['silent']);
    clock.advance(2_800);
    expect((await waiting).status).toBe(503);
  });

  it('asks Slack to come back later while it stops', async () => {
    await slack.stop();
    expect((await send(command('t'), FORM_TYPE)).status).toBe(503);
    expect(seen).toEqual([]);
  });
});
