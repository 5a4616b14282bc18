import type { App } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type Actor, actAs } from '../../../sandbox/client.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import type { Message } from '../../../sandbox/ui-contract.ts';
import { socketApp } from './support.ts';
import { rawCall } from './support-web.ts';

const CHANNEL = 'C02PROMO';
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (action_id: string, value = 'v') => ({
  type: 'button' as const,
  action_id,
  text: plain(action_id),
  value,
});
const modal = (title: string, more: Record<string, unknown> = {}) => ({
  type: 'modal' as const,
  title: plain(title),
  blocks: [{ type: 'section' as const, text: plain(title) }],
  ...more,
});

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

type Payload = Record<string, unknown>;

/** An app that acknowledges everything and remembers the payloads. */
async function listening(more: (app: App) => void = () => undefined) {
  const payloads: Payload[] = [];
  const { sandbox, app, close } = await socketApp((bolt) => {
    bolt.use(async ({ body, next }) => {
      payloads.push({ ...body });
      await next();
    });
    bolt.action('any', async ({ ack }) => ack());
    bolt.shortcut(/.*/, async ({ ack }) => ack());
    more(bolt);
  });
  stop = close;
  const priya = actAs(sandbox.url, 'U01PRIYA');
  return { sandbox, app, priya, payloads, last: () => payloads.at(-1) ?? {} };
}

async function card(sandbox: Sandbox, reader: Actor, more: Record<string, unknown> = {}): Promise<Message> {
  const blocks = [{ type: 'actions', block_id: 'acts', elements: [button('any', 'e1:1')] }];
  await rawCall(sandbox, 'chat.postMessage', { channel: CHANNEL, text: 'Card', blocks, ...more });
  return reader.waitForMessage(CHANNEL, (m) => m.text === 'Card');
}

describe('a click', () => {
  it('arrives in the shape Slack gives it, with the value of the button, not of the page', async () => {
    const { sandbox, priya, last } = await listening();
    const message = await card(sandbox, priya, {
      metadata: { event_type: 'card', event_payload: { id: 1 } },
    });
    await priya.click(message, 'any', { value: 'forged' });
    expect(last()).toMatchObject({
      type: 'block_actions',
      user: { id: 'U01PRIYA', username: 'priya', name: 'priya', team_id: 'T01NORTHWIND' },
      team: { id: 'T01NORTHWIND', domain: 'northwind-goods' },
      api_app_id: 'A01SANDBOX',
      container: { type: 'message', message_ts: message.ts, channel_id: CHANNEL, is_ephemeral: false },
      channel: { id: CHANNEL, name: 'promo-approvals' },
      message: { ts: message.ts, text: 'Card', metadata: { event_type: 'card' } },
      state: { values: {} },
      actions: [{ type: 'button', action_id: 'any', block_id: 'acts', value: 'e1:1', text: plain('any') }],
    });
  });

  it('is refused when the button, the message or the person is gone', async () => {
    const { sandbox, priya } = await listening();
    const message = await card(sandbox, priya);
    await rawCall(sandbox, 'chat.update', { channel: CHANNEL, ts: message.ts, text: 'Decided' });
    await expect(priya.click(message, 'any')).rejects.toThrow('no longer there');
    sandbox.control.deleteMessage(CHANNEL, message.ts);
    await expect(priya.click(message, 'any')).rejects.toMatchObject({ status: 404 });
    sandbox.control.deactivate('U01PRIYA');
    await expect(priya.click(message, 'any')).rejects.toThrow('deactivated');
  });

  it('can come twice', async () => {
    const { sandbox, priya, payloads } = await listening();
    await priya.click(await card(sandbox, priya), 'any');
    const [sent] = sandbox.control.deliveries({ type: 'block_actions' });
    expect(await sandbox.control.redeliver(sent?.n ?? 0)).toEqual({ acked: true, body: null });
    expect(payloads.filter((p) => p.type === 'block_actions')).toHaveLength(2);
  });

  it('can be one of two hundred at once', async () => {
    const { sandbox, priya } = await listening();
    const message = await card(sandbox, priya);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => priya.click(message, 'any')));
    expect(outcomes.filter((o) => o.acked)).toHaveLength(200);
  });
});

describe('a response_url', () => {
  it('answers five times, privately unless told, and can replace or delete', async () => {
    const { sandbox, priya, last } = await listening();
    const message = await card(sandbox, priya);
    await priya.click(message, 'any');
    const url = String(last().response_url);
    const send = async (body: unknown) =>
      (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
    expect(await send({ text: 'Only you' })).toBe(200);
    expect((await priya.messages(CHANNEL)).at(-1)).toMatchObject({
      text: 'Only you',
      ephemeral_to: 'U01PRIYA',
    });
    expect(await send({ text: 'All', response_type: 'in_channel' })).toBe(200);
    expect(await send({ text: 'Replaced', replace_original: true })).toBe(200);
    expect((await priya.messages(CHANNEL))[0]).toMatchObject({ ts: message.ts, text: 'Replaced' });
    expect(await send({ blocks: [{ type: 'sparkle' }] })).toBe(400);
    expect(await send({ delete_original: true })).toBe(200);
    expect(await send({ text: 'six' })).toBe(404);
    expect(sandbox.control.calls({ method: 'response_url', ok: false }).map((c) => c.error)).toEqual([
      'invalid_blocks',
      'used_url',
    ]);
  });

  it('expires after half an hour', async () => {
    const { sandbox, priya, last } = await listening();
    await priya.click(await card(sandbox, priya), 'any');
    sandbox.control.advance(30 * 60_000 + 1);
    const answer = await fetch(String(last().response_url), { method: 'POST', body: '{"text":"late"}' });
    expect(await answer.json()).toMatchObject({ error: 'expired_url' });
  });
});

describe('views', () => {
  async function clicked() {
    const parts = await listening();
    const message = await card(parts.sandbox, parts.priya);
    const trigger = async () => {
      await parts.priya.click(message, 'any');
      return String(parts.last().trigger_id);
    };
    const call = (method: string, args: Payload) => rawCall(parts.sandbox, method, args);
    return { ...parts, trigger, call };
  }

  it('open once per trigger, within three seconds', async () => {
    const { sandbox, trigger, call } = await clicked();
    const first = await trigger();
    expect(await call('views.open', { trigger_id: first, view: modal('One') })).toMatchObject({ ok: true });
    expect(await call('views.open', { trigger_id: first, view: modal('Two') })).toMatchObject({
      error: 'exchanged_trigger_id',
    });
    expect(await call('views.open', { trigger_id: '1.2.3', view: modal('Two') })).toMatchObject({
      error: 'invalid_trigger_id',
    });
    const second = await trigger();
    sandbox.control.advance(3001);
    expect(await call('views.open', { trigger_id: second, view: modal('Two') })).toMatchObject({
      error: 'expired_trigger_id',
    });
  });

  it('stack three deep and update by hash', async () => {
    const { priya, trigger, call } = await clicked();
    expect(await call('views.push', { trigger_id: await trigger(), view: modal('None') })).toMatchObject({
      error: 'not_found',
    });
    await call('views.open', { trigger_id: await trigger(), view: modal('One', { external_id: 'x' }) });
    await call('views.push', { trigger_id: await trigger(), view: modal('Two') });
    await call('views.push', { trigger_id: await trigger(), view: modal('Three') });
    expect(await call('views.push', { trigger_id: await trigger(), view: modal('Four') })).toMatchObject({
      error: 'push_limit_reached',
    });
    const [one] = await priya.modals();
    const update = { external_id: 'x', hash: one?.hash, view: modal('One again', { external_id: 'x' }) };
    expect(await call('views.update', update)).toMatchObject({ ok: true });
    expect(await call('views.update', update)).toMatchObject({ error: 'hash_conflict' });
    expect((await priya.modals()).map((v) => v.title)).toEqual(['One again', 'Two', 'Three']);
    expect(await call('views.update', { view_id: 'V0NONE', view: modal('a') })).toMatchObject({
      error: 'not_found',
    });
  });

  it('tell the app when they are closed, where it asked to hear', async () => {
    const { sandbox, priya, trigger, call } = await clicked();
    await call('views.open', { trigger_id: await trigger(), view: modal('Quiet') });
    await priya.close(await priya.waitForModal());
    await call('views.open', {
      trigger_id: await trigger(),
      view: modal('Heard', { notify_on_close: true }),
    });
    await priya.close(await priya.waitForModal());
    expect(sandbox.control.deliveries({ type: 'view_closed' }).map((d) => d.payload.is_cleared)).toEqual([
      false,
    ]);
    expect(await priya.modals()).toEqual([]);
  });

  it('hold every kind of value in the state, typed ones and untouched ones', async () => {
    const { sandbox, app, priya, trigger, call } = await clicked();
    app.view('form', async ({ ack }) => ack({ response_action: 'update', view: modal('Done') }));
    const options = ['a', 'b'].map((value) => ({ text: plain(value), value }));
    const field = (block_id: string, element: Payload, optional = false) => ({
      type: 'input',
      block_id,
      label: plain(block_id),
      optional,
      element: { action_id: `${block_id}_id`, ...element },
    });
    const blocks = [
      field('note', { type: 'plain_text_input', max_length: 5 }),
      field('pick', { type: 'static_select', options }),
      field('many', { type: 'checkboxes', options }, true),
      field('day', { type: 'datepicker', initial_date: '2026-11-24' }),
      field('who', { type: 'multi_users_select' }, true),
    ];
    const view = modal('Form', { callback_id: 'form', submit: plain('Send'), blocks });
    await call('views.open', { trigger_id: await trigger(), view });
    const shown = await priya.waitForModal();
    await priya.submit(shown, { note_id: 'too long', pick_id: 'b' });
    expect((await priya.waitForModal()).errors).toEqual({ note: 'Must be at most 5 characters.' });
    expect(await priya.submit(shown, { note_id: 'ok', pick_id: 'b' })).toMatchObject({ action: 'update' });
    const [sent] = sandbox.control.deliveries({ type: 'view_submission' });
    expect(sent?.payload).toMatchObject({
      view: {
        callback_id: 'form',
        state: {
          values: {
            note: { note_id: { type: 'plain_text_input', value: 'ok' } },
            pick: { pick_id: { type: 'static_select', selected_option: { value: 'b' } } },
            many: { many_id: { type: 'checkboxes', selected_options: [] } },
            day: { day_id: { type: 'datepicker', selected_date: '2026-11-24' } },
            who: { who_id: { type: 'multi_users_select', selected_users: [] } },
          },
        },
      },
    });
    expect((await priya.waitForModal()).title).toBe('Done');
  });
});

describe('other ways in', () => {
  it('carry shortcuts, on a message or anywhere', async () => {
    const { sandbox, priya, last } = await listening();
    expect(await priya.shortcut('new_promo')).toEqual({ acked: true });
    expect(last()).toMatchObject({ type: 'shortcut', callback_id: 'new_promo' });
    const message = await card(sandbox, priya);
    await priya.shortcut('make_task', message);
    expect(last()).toMatchObject({
      type: 'message_action',
      message_ts: message.ts,
      channel: { id: CHANNEL },
    });
  });

  it('ask the app for the options of an external select', async () => {
    const { sandbox, priya } = await listening((app) => {
      app.options('sku', async ({ ack, options }) =>
        ack({ options: [{ text: plain(`Found ${options.value}`), value: 'sku1' }] }),
      );
    });
    const element = { type: 'external_select', action_id: 'sku', min_query_length: 0 };
    await card(sandbox, priya, { blocks: [{ type: 'actions', block_id: 'pick', elements: [element] }] });
    const message = await priya.waitForMessage(CHANNEL, () => true);
    const response = await fetch(`${sandbox.url}/ui/options`, {
      method: 'POST',
      body: JSON.stringify({
        user: 'U01PRIYA',
        container: { type: 'message', channel: CHANNEL, ts: message.ts },
        block_id: 'pick',
        action_id: 'sku',
        query: 'mug',
      }),
    });
    expect(await response.json()).toEqual({ options: [{ text: plain('Found mug'), value: 'sku1' }] });
  });

  it('send events of people and channels, and run workflow steps', async () => {
    const { sandbox, priya, app } = await listening((bolt) => {
      bolt.event('function_executed', async () => undefined);
    });
    await priya.say(CHANNEL, 'hello');
    sandbox.control.deactivate('U02DANIEL');
    sandbox.control.invite(CHANNEL, 'U12ELI');
    const run = sandbox.control.runFunction('ask', { export_id: 'e1' });
    const types = sandbox.control.deliveries({ kind: 'events_api' }).map((d) => {
      const { event } = d.payload;
      return typeof event === 'object' && event !== null && 'type' in event ? event.type : null;
    });
    expect(types).toEqual(['message', 'user_change', 'member_joined_channel', 'function_executed']);
    await app.client.functions.completeSuccess({
      function_execution_id: run.id,
      outputs: { decision: 'yes' },
    });
    expect(run).toMatchObject({ status: 'succeeded', outputs: { decision: 'yes' } });
  });

  it('count what is unread until it is read', async () => {
    const { sandbox, priya } = await listening();
    const message = await card(sandbox, priya);
    await rawCall(sandbox, 'chat.postMessage', { channel: CHANNEL, text: 'reply', thread_ts: message.ts });
    expect(await priya.unread()).toEqual({ [CHANNEL]: 1 });
    const body = JSON.stringify({ user: 'U01PRIYA', channel: CHANNEL });
    await fetch(`${sandbox.url}/ui/read`, { method: 'POST', body });
    expect(await priya.unread()).toEqual({});
  });
});
