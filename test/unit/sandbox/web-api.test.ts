import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actAs } from '../../../sandbox/client.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { rawCall, webClient } from './support-web.ts';

const CHANNEL = 'C02PROMO';
let sandbox: Sandbox;
let client: WebClient;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  ({ sandbox, client } = await webClient({ clock }));
});
afterEach(() => sandbox.close());

const call = (method: string, args: Record<string, unknown> = {}) => rawCall(sandbox, method, args);
const error = async (method: string, args: Record<string, unknown> = {}) => (await call(method, args)).error;
const post = async (text: string, more: Record<string, unknown> = {}) => {
  const answer = await call('chat.postMessage', { channel: CHANNEL, text, ...more });
  return String(answer.ts);
};

describe('tokens', () => {
  it('are asked for, checked, and of the right kind', async () => {
    expect((await rawCall(sandbox, 'auth.test', {}, null)).error).toBe('not_authed');
    expect((await rawCall(sandbox, 'auth.test', {}, 'xoxb-other')).error).toBe('invalid_auth');
    expect(await error('apps.connections.open')).toBe('not_allowed_token_type');
    expect(await error('chat.shout')).toBe('unknown_method');
    sandbox.control.revokeTokens();
    expect(await error('auth.test')).toBe('token_revoked');
  });
});

describe('posting', () => {
  it('stamps messages with the injected clock, never twice the same', async () => {
    const [a, b] = [await post('one'), await post('two')];
    expect(a.startsWith(String(T0 / 1000))).toBe(true);
    expect(a < b).toBe(true);
  });

  it('is refused where Slack refuses it', async () => {
    expect(await error('chat.postMessage', { channel: 'C0NONE', text: 'a' })).toBe('channel_not_found');
    expect(await error('chat.postMessage', { channel: 'C01GENERAL', text: 'a' })).toBe('not_in_channel');
    expect(await error('chat.postMessage', { text: 'a' })).toBe('invalid_arguments');
    expect(await error('chat.postMessage', { channel: CHANNEL })).toBe('no_text');
    expect(await error('chat.postMessage', { channel: CHANNEL, text: 'a', thread_ts: '1.1' })).toBe(
      'thread_not_found',
    );
    sandbox.control.archive(CHANNEL);
    expect(await error('chat.postMessage', { channel: CHANNEL, text: 'a' })).toBe('is_archived');
    sandbox.control.removeBot('#on-call');
    expect(await error('chat.postMessage', { channel: 'C08ONCALL', text: 'a' })).toBe('channel_not_found');
  });

  it('reaches a person, even a deactivated one, in a direct message', async () => {
    const { channel } = await client.chat.postMessage({ channel: 'U15VERA', text: 'Hello' });
    expect(channel).toMatch(/^D/);
    expect(await error('conversations.open', { users: 'U15VERA' })).toBe('user_disabled');
    await client.chat.postMessage({ channel: 'U03MEI', text: 'For you' });
    const dm = await actAs(sandbox.url, 'U03MEI').waitForDirectMessage((m) => m.text === 'For you');
    expect(dm.user).toBe('U00APP');
  });

  it('shows an ephemeral to one member only, and nobody else', async () => {
    const args = { channel: CHANNEL, text: 'Only you', user: 'U01PRIYA' };
    expect(await error('chat.postEphemeral', { ...args, user: 'U12ELI' })).toBe('user_not_in_channel');
    await client.chat.postEphemeral(args);
    expect(await actAs(sandbox.url, 'U01PRIYA').messages(CHANNEL)).toHaveLength(1);
    expect(await actAs(sandbox.url, 'U02DANIEL').messages(CHANNEL)).toHaveLength(0);
    expect((await client.conversations.history({ channel: CHANNEL })).messages).toHaveLength(0);
  });

  it('updates and deletes only what the app posted', async () => {
    const ts = await post('mine');
    await actAs(sandbox.url, 'U01PRIYA').say(CHANNEL, 'theirs');
    const theirs = sandbox.control.messages(CHANNEL).at(-1)?.ts ?? '';
    expect(await error('chat.update', { channel: CHANNEL, ts: theirs, text: 'b' })).toBe(
      'cant_update_message',
    );
    expect(await error('chat.delete', { channel: CHANNEL, ts: theirs })).toBe('cant_delete_message');
    expect(await error('chat.update', { channel: CHANNEL, ts: '1.000001', text: 'b' })).toBe(
      'message_not_found',
    );
    expect(await call('chat.delete', { channel: CHANNEL, ts })).toMatchObject({ ok: true, ts });
    expect(await error('chat.delete', { channel: CHANNEL, ts })).toBe('message_not_found');
  });
});

describe('history', () => {
  it('carries metadata only when asked, and keeps it over an edit', async () => {
    const metadata = { event_type: 'post', event_payload: { post_id: 'p1' } };
    const { ts } = await client.chat.postMessage({ channel: CHANNEL, text: 'a', metadata });
    await client.chat.update({ channel: CHANNEL, ts: ts ?? '', text: 'b' });
    const bare = await client.conversations.history({ channel: CHANNEL });
    expect(bare.messages?.[0]?.metadata).toBeUndefined();
    const full = await client.conversations.history({ channel: CHANNEL, include_all_metadata: true });
    expect(full.messages?.[0]).toMatchObject({ text: 'b', metadata });
    expect(
      await error('chat.postMessage', { channel: CHANNEL, text: 'a', metadata: { event_type: 'x' } }),
    ).toBe('invalid_metadata_schema');
  });

  it('is newest first, bounded, paged, and holds replies only when broadcast', async () => {
    const [a, b, c] = [await post('a'), await post('b'), await post('c')];
    await post('quiet', { thread_ts: a });
    await post('loud', { thread_ts: a, reply_broadcast: true });
    const all = await client.conversations.history({ channel: CHANNEL });
    expect(all.messages?.map((m) => m.text)).toEqual(['loud', 'c', 'b', 'a']);
    const between = await client.conversations.history({ channel: CHANNEL, oldest: a, latest: c });
    expect(between.messages?.map((m) => m.ts)).toEqual([b]);
    const inclusive = await client.conversations.history({
      channel: CHANNEL,
      oldest: a,
      latest: b,
      inclusive: true,
    });
    expect(inclusive.messages?.map((m) => m.ts)).toEqual([b, a]);
    const first = await client.conversations.history({ channel: CHANNEL, limit: 3 });
    expect(first.has_more).toBe(true);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const rest = await client.conversations.history({ channel: CHANNEL, limit: 3, cursor });
    expect(rest.messages?.map((m) => m.text)).toEqual(['a']);
    expect(await error('conversations.history', { channel: CHANNEL, cursor: 'x' })).toBe('invalid_cursor');
    expect(await error('conversations.history', { channel: 'C01GENERAL' })).toBe('not_in_channel');
  });

  it('answers a thread parent first', async () => {
    const ts = await post('parent');
    await post('one', { thread_ts: ts });
    await post('two', { thread_ts: ts });
    const { messages } = await client.conversations.replies({ channel: CHANNEL, ts });
    expect(messages?.map((m) => m.text)).toEqual(['parent', 'one', 'two']);
    expect(messages?.[0]).toMatchObject({ reply_count: 2 });
    expect(await error('conversations.replies', { channel: CHANNEL, ts: '1.000001' })).toBe(
      'thread_not_found',
    );
  });
});

describe('the directory', () => {
  it('knows people, groups, presence and quiet hours', async () => {
    const { user } = await client.users.lookupByEmail({ email: 'mei@northwind.example' });
    expect(user).toMatchObject({
      id: 'U03MEI',
      tz: 'America/Los_Angeles',
      deleted: false,
      is_restricted: false,
    });
    expect(await error('users.lookupByEmail', { email: 'vera@northwind.example' })).toBe('users_not_found');
    expect((await client.users.info({ user: 'U15VERA' })).user).toMatchObject({ deleted: true });
    expect((await client.users.info({ user: 'U14GIL' })).user).toMatchObject({ is_restricted: true });
    expect(await error('users.info', { user: 'U99' })).toBe('user_not_found');
    expect((await client.users.getPresence({ user: 'U08OMAR' })).presence).toBe('away');
    const groups = await client.usergroups.list({ include_users: true });
    expect(groups.usergroups?.[0]).toMatchObject({ handle: 'ops-oncall', users: ['U12ELI', 'U07HANNAH'] });
    sandbox.control.setDnd('U12ELI', 60_000);
    expect((await client.dnd.info({ user: 'U12ELI' })).dnd_enabled).toBe(true);
    clock.advance(60_001);
    expect((await client.dnd.info({ user: 'U12ELI' })).dnd_enabled).toBe(false);
  });
});

describe('files', () => {
  it('are uploaded in three steps, shared, and shown in blocks', async () => {
    const file = Buffer.from('not really a picture');
    await client.filesUploadV2({
      channel_id: CHANNEL,
      file,
      filename: 'chart.png',
      title: 'KPIs',
      initial_comment: 'Today',
    });
    const [message] = await actAs(sandbox.url, 'U01PRIYA').messages(CHANNEL);
    expect(message?.files[0]).toMatchObject({ name: 'chart.png', title: 'KPIs', mimetype: 'image/png' });
    const response = await fetch(`${sandbox.url}${message?.files[0]?.url}`);
    expect(await response.text()).toBe('not really a picture');
    const id = message?.files[0]?.id ?? '';
    const blocks = [{ type: 'image', alt_text: 'KPIs', slack_file: { id } }];
    expect(await call('chat.postMessage', { channel: CHANNEL, text: 'Chart', blocks })).toMatchObject({
      ok: true,
    });
  });
});

describe('rate limits', () => {
  it('hold posts to about one a second per channel, and methods to their tier', async () => {
    sandbox.control.setRateLimits(true);
    for (let i = 0; i < 5; i += 1) await post(`burst ${i}`);
    await expect(client.chat.postMessage({ channel: CHANNEL, text: 'six' })).rejects.toMatchObject({
      retryAfter: 1,
    });
    expect(await call('chat.postMessage', { channel: 'C03MERCH', text: 'elsewhere' })).toMatchObject({
      ok: true,
    });
    clock.advance(1000);
    expect(await call('chat.postMessage', { channel: CHANNEL, text: 'six' })).toMatchObject({ ok: true });
    for (let i = 0; i < 20; i += 1) await call('usergroups.list');
    await expect(client.usergroups.list()).rejects.toMatchObject({ retryAfter: 60 });
  });
});

describe('a manifest', () => {
  it('limits scopes, commands and events to what it declares', async () => {
    await sandbox.close();
    ({ sandbox, client } = await webClient({ clock, manifest: 'test/unit/sandbox/manifest.fixture.yml' }));
    expect(await call('users.info', { user: 'U03MEI' })).toMatchObject({
      error: 'missing_scope',
      needed: 'users:read',
      provided: 'chat:write,commands',
    });
    const priya = actAs(sandbox.url, 'U01PRIYA');
    expect(await priya.command(CHANNEL, '/nope')).toEqual({
      acked: false,
      message: '/nope is not a valid command.',
    });
    expect(await priya.command(CHANNEL, '/promo')).toMatchObject({
      message: '/promo failed with the error "dispatch_failed"',
    });
    await priya.say(CHANNEL, 'hello');
    expect(sandbox.control.deliveries({ kind: 'events_api' })).toEqual([]);
  });
});
