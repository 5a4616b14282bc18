import type { App } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { actAs } from '../../../sandbox/client.ts';
import { httpApp, socketApp } from './support.ts';

const CHANNEL = 'C02PROMO';

const card = [
  { type: 'section', text: { type: 'mrkdwn', text: 'Activate *Summer 24*' } },
  {
    type: 'actions',
    block_id: 'decide',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        text: { type: 'plain_text', text: 'Approve' },
        style: 'primary',
        value: 'e1:1',
      },
      { type: 'button', action_id: 'reject', text: { type: 'plain_text', text: 'Reject' }, value: 'e1:1' },
      { type: 'button', action_id: 'silent', text: { type: 'plain_text', text: 'Silence' }, value: 'e1:1' },
    ],
  },
];

const reasonModal = {
  type: 'modal' as const,
  callback_id: 'reason',
  private_metadata: 'e1:1',
  title: { type: 'plain_text' as const, text: 'Reject' },
  submit: { type: 'plain_text' as const, text: 'Reject' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Why?' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

const home = {
  type: 'home' as const,
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'Nothing waits on you.' } }],
};

function register(app: App): void {
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    const text = `Approved by <@${body.user.id}>`;
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text });
  });
  app.action('reject', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({ trigger_id: body.trigger_id, view: reasonModal });
  });
  app.action('silent', async () => undefined);
  app.view('reason', async ({ ack, view }) => {
    const why = view.state.values.why?.text?.value ?? '';
    if (why.length < 10) await ack({ response_action: 'errors', errors: { why: 'Say a little more.' } });
    else await ack();
  });
  app.command('/promo', async ({ ack, command, respond }) => {
    await ack('On it.');
    await respond({ text: `Done: ${command.text}`, response_type: 'in_channel' });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: home });
  });
}

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

describe.each([
  ['Socket Mode', socketApp],
  ['signed HTTP', httpApp],
])('a Bolt app over %s', (_name, start) => {
  async function running() {
    const { sandbox, app, close } = await start(register);
    stop = close;
    const priya = actAs(sandbox.url, 'U01PRIYA');
    await app.client.chat.postMessage({ channel: CHANNEL, text: 'Activate Summer 24', blocks: card });
    const message = await priya.waitForMessage(CHANNEL, (m) => m.text === 'Activate Summer 24');
    return { sandbox, app, priya, message };
  }

  it('edits its card when a person clicks, and the blocks go with the text', async () => {
    const { priya, message } = await running();
    expect(await priya.click(message, 'approve')).toEqual({ acked: true });
    const edited = await priya.waitForMessage(CHANNEL, (m) => m.text === 'Approved by <@U01PRIYA>');
    expect(edited.ts).toBe(message.ts);
    expect(edited.blocks).toBeUndefined();
    expect(edited.edited_at).toBeDefined();
  });

  it('opens a modal that refuses a short reason and closes on a good one', async () => {
    const { priya, message } = await running();
    await priya.click(message, 'reject');
    const modal = await priya.waitForModal();
    expect(await priya.submit(modal, { text: null })).toMatchObject({ action: 'errors' });
    expect(await priya.submit(modal, { text: 'No.' })).toMatchObject({ action: 'errors' });
    expect((await priya.waitForModal()).errors).toEqual({ why: 'Say a little more.' });
    expect(await priya.submit(modal, { text: 'The margin is below the floor.' })).toMatchObject({
      acked: true,
      action: 'close',
    });
    expect(await priya.modals()).toEqual([]);
  });

  it('answers a slash command privately, then in the channel', async () => {
    const { sandbox, priya } = await running();
    expect(await priya.command('#promo-approvals', '/promo', 'status')).toEqual({ acked: true });
    const ack = await priya.waitForMessage(CHANNEL, (m) => m.text === 'On it.');
    expect(ack.ephemeral_to).toBe('U01PRIYA');
    await priya.waitForMessage(CHANNEL, (m) => m.text === 'Done: status');
    const seen = await actAs(sandbox.url, 'U02DANIEL').messages(CHANNEL);
    expect(seen.map((m) => m.text)).toEqual(['Activate Summer 24', 'Done: status']);
  });

  it('publishes a Home tab when it is opened', async () => {
    const { priya } = await running();
    expect(await priya.home()).toBeNull();
    expect(await priya.openHome()).toEqual({ acked: true });
    expect((await priya.waitForHome()).type).toBe('home');
  });

  it('is told when it does not acknowledge within three seconds', async () => {
    const { sandbox, priya, message } = await running();
    const clicked = priya.click(message, 'silent');
    await expect.poll(() => sandbox.control.deliveries({ type: 'block_actions' })).toHaveLength(1);
    sandbox.control.advance(3000);
    const outcome = await clicked;
    expect(outcome.acked).toBe(false);
    expect(outcome.message).toContain('did not answer within 3 seconds');
  });
});
