import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnyExportType, Catalog } from '../../src/exports/define.ts';
import type { Directory, Person } from '../../src/exports/ownership.ts';
import { MINUTE_MS } from '../../src/exports/words.ts';
import { T0 } from '../support/manual-clock.ts';
import { type Desk, messengerDesk } from '../support/messenger.ts';
import { catalog, directory, EXPORT_ID, personNamed, sceneOf } from '../unit/bot/scenes.ts';

const CHANNEL = '#promo-approvals';
const REMEDIATION = '#meshline-remediation';

let desk: Desk;

beforeEach(async () => {
  desk = await messengerDesk();
});

afterEach(async () => {
  await desk.close();
});

const isCard = (row: { effect: { kind: string } }) => row.effect.kind === 'card';
const inChannel = (channel = CHANNEL) => desk.sandbox.control.messages(channel);
const cards = (channel = CHANNEL) => inChannel(channel).filter((message) => message.thread_ts === null);

function undrawable(): Catalog {
  const card = () => {
    throw new Error('A bug.');
  };
  return {
    all: catalog.all,
    get: (name) => ({ ...(catalog.get(name) ?? catalog.all()[0]), card }) as AnyExportType,
  };
}

function nobodyCanBeMentioned(): Directory {
  const people = [...directory.people].map(([id, person]): [string, Person] => [
    id,
    { ...person, slack: { team: 'T', user: '' } },
  ]);
  return { ...directory, people: new Map(people) };
}

async function pending(): Promise<void> {
  await desk.commit(sceneOf('promo_activation', 'pending'));
}

it('posts the card with its metadata, and edits it in place', async () => {
  await pending();
  expect(await desk.drain()).toEqual([{ kind: 'done' }]);
  expect(cards()).toHaveLength(1);
  expect(cards()[0]?.text).toContain('Activate Summer 24');
  expect(cards()[0]?.metadata).toMatchObject({
    event_type: 'meshline_post',
    event_payload: { post_id: `card:${EXPORT_ID}:${CHANNEL}` },
  });
  const priya = personNamed('Priya').id;
  await desk.happened(EXPORT_ID, { type: 'rejected', by: priya, reason: 'Too deep.' });
  await desk.drain();
  expect(cards()).toHaveLength(1);
  expect(cards()[0]?.text).toContain('Rejected by Priya Raman');
  const thread = inChannel().filter((message) => message.thread_ts === cards()[0]?.ts);
  expect(thread.map((message) => message.text)).toEqual(['Priya Raman rejected it: “Too deep.”']);
});

it('sends nothing when the card would look the same', async () => {
  await pending();
  await desk.drain();
  desk.sandbox.control.clearCalls();
  await desk.happened(EXPORT_ID, {
    type: 'refetch_requested',
    by: personNamed('Priya').id,
    groups: ['price'],
  });
  await desk.drain(isCard);
  expect(desk.sandbox.control.calls({ method: 'chat.update' })).toHaveLength(0);
});

it.each(['stored_then_reset', 'stored_then_500', 'reset', '500', 'html'] as const)(
  'leaves exactly one card after an answer that was lost (%s)',
  async (kind) => {
    await pending();
    desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind });
    const [first] = await desk.drain();
    expect(first?.kind).toBe('later');
    desk.clock.advance(MINUTE_MS);
    expect(await desk.drain()).toEqual([{ kind: 'done' }]);
    expect(cards()).toHaveLength(1);
    await desk.happened(EXPORT_ID, { type: 'expired' });
    await desk.drain();
    expect(cards()).toHaveLength(1);
    expect(cards()[0]?.text).toContain('Expired');
  },
);

it('leaves exactly one card when its countdown comes before the next try of a lost answer', async () => {
  await pending();
  desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind: 'stored_then_reset' });
  await desk.drain();
  await desk.happened(EXPORT_ID, { type: 'accepted', undo_until: desk.clock.now() + MINUTE_MS });
  desk.clock.advance(MINUTE_MS);
  expect(await desk.drain(({ key }) => key.startsWith('count:'))).toContainEqual({ kind: 'done' });
  await desk.drain();
  expect(cards()).toHaveLength(1);
});

it('leaves exactly one card after a wait and then an answer that was lost', async () => {
  await pending();
  desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind: 'ratelimited' });
  desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind: 'stored_then_reset' });
  desk.sandbox.control.addFault({ match: { method: 'conversations.history' }, kind: 'ratelimited' });
  for (let n = 0; n < 3; n += 1) {
    expect(await desk.drain()).toMatchObject([{ kind: 'later' }]);
    desk.clock.advance(MINUTE_MS);
  }
  expect(await desk.drain()).toEqual([{ kind: 'done' }]);
  expect(cards()).toHaveLength(1);
});

it.each([
  ['Slack refuses its form', catalog, nobodyCanBeMentioned(), 'slack refused the form of a message'],
  ['it cannot be drawn', undrawable(), directory, 'message could not be drawn'],
] as const)('says the plain truth where the card should stand when %s', async (_, types, people, logged) => {
  await desk.close();
  desk = await messengerDesk({}, { catalog: types, directory: people });
  await pending();
  expect(await desk.drain()).toEqual([{ kind: 'done' }]);
  expect(cards()).toHaveLength(1);
  expect(cards()[0]?.text).toContain('Its card could not be drawn; open Review for the details');
  expect(desk.logged.map((each) => each.message)).toContain(logged);
});

it('finds its card when the process died between posting and remembering', async () => {
  await pending();
  await desk.dieAfter(isCard);
  await desk.ledger.forgetMessage(`card:${EXPORT_ID}:${CHANNEL}`);
  desk.restart();
  expect(await desk.drain()).toEqual([{ kind: 'done' }]);
  expect(cards()).toHaveLength(1);
});

it('finds its note in the thread after an answer that was lost', async () => {
  await pending();
  await desk.drain();
  await desk.happened(EXPORT_ID, { type: 'reminded', to: [personNamed('Priya').id] });
  desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind: 'stored_then_reset' });
  await desk.drain();
  desk.clock.advance(MINUTE_MS);
  await desk.drain();
  expect(inChannel().filter((message) => message.thread_ts !== null)).toHaveLength(1);
});

it.each([
  { kind: 'ratelimited', retry_after: 7, after_ms: 7000 },
  { kind: 'ratelimited_no_retry_after', retry_after: 1, after_ms: 10_000 },
] as const)(
  'waits as long as Slack says ($kind), and looks for nothing',
  async ({ kind, retry_after, after_ms }) => {
    await pending();
    desk.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind, retry_after });
    expect(await desk.drain()).toEqual([{ kind: 'later', after_ms, cause: 'ratelimited' }]);
    desk.clock.advance(MINUTE_MS);
    expect(await desk.drain()).toEqual([{ kind: 'done' }]);
    expect(desk.sandbox.control.calls({ method: 'conversations.history' })).toHaveLength(0);
  },
);

it('posts a card again that somebody deleted', async () => {
  await pending();
  await desk.drain();
  const ts = cards()[0]?.ts ?? '';
  desk.sandbox.control.deleteMessage(CHANNEL, ts);
  await desk.happened(EXPORT_ID, { type: 'reminded', to: [personNamed('Priya').id] });
  expect((await desk.drain()).every((outcome) => outcome.kind === 'done')).toBe(true);
  expect(cards()).toHaveLength(1);
  expect(cards()[0]?.ts).not.toBe(ts);
  expect(cards()[0]?.text).toContain('The card was deleted; here it is again.');
  expect(inChannel().filter((message) => message.thread_ts === cards()[0]?.ts)).toHaveLength(1);
});

it.each([
  ['archived', (channel: string) => desk.sandbox.control.archive(channel)],
  ['closed to the app', (channel: string) => desk.sandbox.control.removeBot(channel)],
] as const)('goes to the remediation channel when its own is %s, and tells an operator', async (_, close) => {
  await pending();
  close(CHANNEL);
  expect(await desk.drain()).toEqual([{ kind: 'done' }]);
  expect(cards(REMEDIATION)).toHaveLength(1);
  expect(JSON.stringify(cards(REMEDIATION)[0]?.blocks?.[0])).toContain(
    'Posted here because #promo-approvals',
  );
  expect(desk.logged.filter((each) => each.level === 'warn').map((each) => each.message)).toEqual([
    'channel cannot be posted to; invite the app or correct meshline.yml',
  ]);
  await desk.happened(EXPORT_ID, { type: 'expired' });
  await desk.drain();
  expect(cards(REMEDIATION)).toHaveLength(1);
  expect(cards(REMEDIATION)[0]?.text).toContain('Expired');
});

it('waits ten seconds when the token is refused', async () => {
  await pending();
  desk.sandbox.control.revokeTokens();
  expect(await desk.drain()).toMatchObject([{ kind: 'later', after_ms: 10_000 }]);
  expect(desk.logged.at(-1)?.message).toContain('slack refuses the app');
});

it('tells each person by direct message, once, and never one who has left', async () => {
  await pending();
  const escalated = { type: 'escalated' as const, to: [personNamed('Daniel').id] };
  await desk.happened(EXPORT_ID, escalated);
  await desk.drain();
  const dms = desk.sandbox.control
    .calls({ method: 'chat.postMessage' })
    .filter((call) => String(call.args['channel']).startsWith('D'));
  expect(dms).toHaveLength(1);
  const row = {
    key: 'dm:x',
    export_id: EXPORT_ID,
    effect: { kind: 'dm' as const, key: 'dm:x', person: 'nobody', priority: 0, n: 2 },
    lane: 'slack:dm:nobody',
    priority: 0,
    due_at: T0,
    attempts: 1,
    unsettled: false,
    unsettled_since: null,
    token: 1,
  };
  expect(await desk.messenger.send(row)).toEqual({ kind: 'gone', cause: 'the person is not active' });
  expect(directory.people.has('nobody')).toBe(false);
});

it('broadcasts an escalation to the channel, but no reminder', async () => {
  await pending();
  await desk.happened(EXPORT_ID, { type: 'reminded', to: [personNamed('Priya').id] });
  await desk.drain();
  await desk.happened(EXPORT_ID, { type: 'escalated', to: [personNamed('Daniel').id] });
  await desk.drain();
  const replies = inChannel().filter((message) => message.thread_ts !== null);
  expect(replies).toHaveLength(2);
  expect(replies.filter((message) => message.broadcast).map((message) => message.text)).toEqual([
    expect.stringContaining('escalated to Daniel Ortiz'),
  ]);
});

it('pages on-call in its own channel, once', async () => {
  await pending();
  const { channel, people, user_group } = directory.on_call;
  await desk.happened(EXPORT_ID, { type: 'paged', to: people, user_group, channel });
  await desk.drain();
  desk.clock.advance(MINUTE_MS);
  await desk.drain();
  expect(cards(channel).map((message) => message.text)).toEqual([
    expect.stringMatching(/^🚨 Activate Summer 24: .* Paged: Eli Brooks and Hannah Lindqvist\./),
  ]);
});
