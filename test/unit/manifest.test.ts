import { existsSync, globSync, readFileSync } from 'node:fs';
import type { App } from '@slack/bolt';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ACTION, MODAL } from '../../src/bot/ids.ts';
import { type HandlerDeps, registerHandlers } from '../../src/handlers/index.ts';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('manifest.yml', root), 'utf8');

const manifest = z
  .object({
    features: z.object({
      slash_commands: z.array(z.object({ command: z.string() })),
      app_home: z.object({ home_tab_enabled: z.boolean() }),
      shortcuts: z.array(z.object({ name: z.string(), callback_id: z.string() })).default([]),
    }),
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
      interactivity: z.object({ is_enabled: z.boolean() }),
    }),
  })
  .parse(parse(text));

type Kind = 'actions' | 'modals' | 'commands' | 'events' | 'shortcuts';

/** What the handlers ask Bolt for, written down instead of routed. */
function listened(): Record<Kind, string[]> {
  const found: Record<Kind, string[]> = { actions: [], modals: [], commands: [], events: [], shortcuts: [] };
  const keep = (kind: Kind) => (asked: string | Record<string, string>) => {
    // Closing is told of a modal that is only read.
    if (typeof asked !== 'string' && asked['type'] === 'view_closed') return;
    const id =
      typeof asked === 'string' ? asked : (asked.action_id ?? asked.callback_id ?? JSON.stringify(asked));
    found[kind].push(id);
  };
  const app = {
    action: keep('actions'),
    view: keep('modals'),
    command: keep('commands'),
    event: keep('events'),
    shortcut: keep('shortcuts'),
  };
  registerHandlers(app as unknown as App, {} as HandlerDeps);
  return found;
}

const SCOPES_OF_METHOD: Record<string, string[]> = {
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'dnd.teamInfo': ['dnd:read'],
  'users.info': ['users:read', 'users:read.email'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.push': [],
  'views.publish': [],
  'views.update': [],
};

const SCOPES_OF_EVENT: Record<string, string[]> = {
  app_home_opened: [],
  channel_archive: ['channels:read'],
  channel_deleted: ['channels:read'],
  channel_left: ['channels:read'],
  group_archive: ['groups:read'],
  group_deleted: ['groups:read'],
  group_left: ['groups:read'],
  team_join: ['users:read'],
  user_change: ['users:read'],
  message: ['channels:history', 'groups:history'],
};

/** Slack's subscriptions by the event that Bolt gives for them. */
const SUBSCRIPTIONS: Record<string, string[]> = { message: ['message.channels', 'message.groups'] };

function calledMethods(): string[] {
  const calls = globSync('src/{bot,handlers}/**/*.ts', { cwd: root }).flatMap((file) =>
    [
      ...readFileSync(new URL(file, root), 'utf8').matchAll(
        /\b(?:client|posting|interactive)\s*\.((?:auth|chat|conversations|dnd|files|reactions|team|usergroups|users|views)\.\w+)\(/g,
      ),
    ].map((match) => match[1] ?? ''),
  );
  return [...new Set(calls)].sort();
}

describe('manifest.yml', () => {
  it('has every command, event and shortcut that the code listens to, and no other', () => {
    const { commands, events, shortcuts } = listened();
    expect(manifest.features.slash_commands.map((each) => each.command).sort()).toEqual(commands.sort());
    const subscribed = [...new Set(events)].flatMap((event) => SUBSCRIPTIONS[event] ?? [event]);
    expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(subscribed.sort());
    expect(manifest.features.shortcuts.map((each) => each.callback_id).sort()).toEqual(shortcuts.sort());
  });

  it('grants every scope that the code uses, and no other', () => {
    const methods = calledMethods();
    expect(Object.keys(SCOPES_OF_METHOD).sort()).toEqual(methods);
    const { events } = listened();
    const needed = new Set([
      'commands',
      ...methods.flatMap((method) => SCOPES_OF_METHOD[method] ?? ['unknown method']),
      ...events.flatMap((event) => SCOPES_OF_EVENT[event] ?? ['unknown event']),
    ]);
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort());
  });

  it('gives a reason for every scope and event', () => {
    const lines = text.split('\n');
    const listedAt = (name: string) => lines.findIndex((line) => line.trim() === `- ${name}`);
    for (const name of [
      ...manifest.oauth_config.scopes.bot,
      ...manifest.settings.event_subscriptions.bot_events,
    ]) {
      expect(lines[listedAt(name) - 1]?.trim(), name).toMatch(/^# .+\.$/);
    }
  });

  it('gives a reason for every shortcut', () => {
    const lines = text.split('\n').map((line) => line.trim());
    for (const { name } of manifest.features.shortcuts) {
      expect(lines[lines.indexOf(`- name: ${name}`) - 1], name).toMatch(/^# .+\.$/);
    }
  });

  it('turns on what the code needs', () => {
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.features.app_home.home_tab_enabled).toBe(true);
  });

  const schema = new URL('../shared/specs/slack/manifest.schema.2.0.0.json', root);
  it.skipIf(!existsSync(schema))(
    'is valid by the schema of Slack (skipped where that file is absent)',
    () => {
      const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(
        JSON.parse(readFileSync(schema, 'utf8')),
      );
      validate(parse(text));
      expect(validate.errors ?? []).toEqual([]);
    },
  );
});

describe('handlers', () => {
  it('are one for each button and each modal, and for no others', () => {
    const { actions, modals } = listened();
    expect(actions.sort()).toEqual(Object.values<string>(ACTION).sort());
    expect(modals.sort()).toEqual(Object.values<string>(MODAL).sort());
  });
});
