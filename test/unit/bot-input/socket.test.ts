import type { App } from '@slack/bolt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { createSlack, type SlackInput } from '../../../src/bot/app.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { quietLog } from './quiet-log.ts';

const open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function connect(
  register: (app: App) => void,
  prepare: (sandbox: Sandbox) => void = () => undefined,
): Promise<{ sandbox: Sandbox; slack: SlackInput }> {
  const sandbox = await startSandbox();
  prepare(sandbox);
  open.push({ close: () => sandbox.close() });
  const slack = createSlack({
    botToken: sandbox.botToken,
    appToken: sandbox.appToken,
    signingSecret: null,
    apiUrl: sandbox.apiUrl,
    clock: systemClock,
    ids: systemIds(systemClock),
    log: quietLog(),
    register,
  });
  open.push({ close: () => slack.stop() });
  await slack.start();
  return { sandbox, slack };
}

const command = (trigger_id: string) => ({
  command: '/exports',
  text: '',
  team_id: 'T01NORTHWIND',
  user_id: 'U01PRIYA',
  channel_id: 'C02PROMO',
  trigger_id,
});

describe('Socket Mode', () => {
  it('opens two connections, so that one can go without a gap', async () => {
    const { sandbox, slack } = await connect(() => undefined);
    expect(slack.connected()).toBe(true);
    expect(sandbox.control.connections()).toBe(2);
    expect(slack.line()).toMatchObject({ mode: 'socket', connections: 2, last_inbound_at: null });
  });

  it('comes back within seconds when every connection is cut', async () => {
    const { sandbox, slack } = await connect((app) => app.command('/exports', async ({ ack }) => ack()));
    sandbox.control.sockets('drop');
    await vi.waitFor(() => expect(slack.connected()).toBe(false));
    await vi.waitFor(() => expect(sandbox.control.connections()).toBe(2), { timeout: 4_000 });
    expect(await sandbox.control.deliver('slash_commands', command('1'))).toMatchObject({ acked: true });
  });

  it('opens a new connection before the one that Slack recycles has gone', async () => {
    const { sandbox } = await connect((app) => app.command('/exports', async ({ ack }) => ack()));
    sandbox.control.sockets('refresh');
    await vi.waitFor(() => expect(sandbox.control.connections()).toBe(2), { timeout: 4_000 });
    expect(await sandbox.control.deliver('slash_commands', command('1'))).toMatchObject({ acked: true });
  });

  it('notices a frozen connection by its silence and opens others', { timeout: 30_000 }, async () => {
    const { sandbox } = await connect((app) => app.command('/exports', async ({ ack }) => ack()));
    sandbox.control.sockets('freeze');
    await vi.waitFor(
      async () =>
        expect(await sandbox.control.deliver('slash_commands', command('1'))).toMatchObject({ acked: true }),
      { timeout: 15_000, interval: 500 },
    );
  });

  it('starts while its tokens are refused, and connects once they are accepted', {
    timeout: 20_000,
  }, async () => {
    const { sandbox, slack } = await connect(
      () => undefined,
      (refusing) => refusing.control.revokeTokens(true),
    );
    expect(slack.connected()).toBe(false);
    sandbox.control.revokeTokens(false);
    await vi.waitFor(() => expect(slack.connected()).toBe(true), { timeout: 10_000 });
  });

  it('survives tokens that are revoked while it reconnects', { timeout: 20_000 }, async () => {
    const { sandbox, slack } = await connect(() => undefined);
    sandbox.control.revokeTokens(true);
    sandbox.control.sockets('drop');
    await vi.waitFor(() => expect(slack.connected()).toBe(false));
    sandbox.control.revokeTokens(false);
    await vi.waitFor(() => expect(slack.connected()).toBe(true), { timeout: 10_000 });
  });

  it('lets nothing through that Slack would not send', async () => {
    const seen: string[] = [];
    const { sandbox, slack } = await connect((app) => {
      app.command('/exports', async ({ ack, command: asked }) => {
        seen.push(asked.trigger_id);
        await ack();
      });
    });
    const hostile: unknown[] = [
      null,
      [],
      7,
      'x',
      {},
      { event: null },
      { type: 'block_actions', actions: [] },
    ];
    for (const payload of hostile) {
      void sandbox.control.deliver('interactive', payload as Record<string, unknown>);
      void sandbox.control.deliver('events_api', payload as Record<string, unknown>);
    }
    expect(await sandbox.control.deliver('slash_commands', command('after'))).toMatchObject({ acked: true });
    expect(seen).toEqual(['after']);
    expect(slack.connected()).toBe(true);
  });

  it('finishes what runs before it stops, and takes nothing new', async () => {
    const finished: string[] = [];
    let release: () => void = () => undefined;
    const { sandbox, slack } = await connect((app) => {
      app.command('/exports', async ({ ack, command: asked }) => {
        await ack();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        finished.push(asked.trigger_id);
      });
    });
    await sandbox.control.deliver('slash_commands', command('running'));
    const stopping = slack.stop();
    expect(finished).toEqual([]);
    release();
    await stopping;
    expect(finished).toEqual(['running']);
    await vi.waitFor(() => expect(sandbox.control.connections()).toBe(0));
  });
});
