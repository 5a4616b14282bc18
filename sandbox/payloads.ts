import type { ChannelState, StoredFile, StoredMessage } from './state/channel.ts';
import type { StoredPerson } from './state/people.ts';
import type { StoredView } from './state/views.ts';
import type { World } from './world.ts';

/** A message as the Web API and payloads show it. Metadata is left out unless asked for. */
export function apiMessage(world: World, m: StoredMessage, withMetadata: boolean): Record<string, unknown> {
  const { state } = world;
  const replies = state.channels.get(m.channel)?.replies(m.ts) ?? [];
  const latest = replies.at(-1);
  const thread = latest
    ? {
        thread_ts: m.ts,
        reply_count: replies.length,
        reply_users_count: new Set(replies.map((r) => r.user)).size,
        latest_reply: latest.ts,
        reply_users: [...new Set(replies.map((r) => r.user))],
        is_locked: false,
        subscribed: false,
      }
    : {};
  const parent = m.thread_ts === null ? undefined : state.channels.get(m.channel)?.find(m.thread_ts);
  const reply = parent ? { thread_ts: m.thread_ts, parent_user_id: parent.user } : {};
  const app = {
    bot_id: state.app.bot_id,
    app_id: state.app.id,
    bot_profile: botProfile(world),
  };
  return {
    type: 'message',
    ...(m.stone ? { subtype: 'tombstone', hidden: true } : {}),
    ...(m.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: m.user,
    ts: m.ts,
    text: m.text,
    team: state.team.id,
    ...(m.by_app ? app : {}),
    ...(m.blocks ? { blocks: m.blocks } : {}),
    ...thread,
    ...reply,
    ...(m.edited ? { edited: m.edited } : {}),
    ...(m.reactions.length > 0
      ? { reactions: m.reactions.map((r) => ({ ...r, count: r.users.length })) }
      : {}),
    ...(m.files.length > 0 ? { files: m.files.map((f) => apiFile(world, f)) } : {}),
    ...(withMetadata && m.metadata ? { metadata: m.metadata } : {}),
  };
}

export function botProfile(world: World): Record<string, unknown> {
  const { app, team } = world.state;
  return { id: app.bot_id, deleted: false, name: app.name, updated: 0, app_id: app.id, team_id: team.id };
}

export function apiFile(world: World, f: StoredFile): Record<string, unknown> {
  const url = `${world.origin()}/files/${f.id}/${encodeURIComponent(f.name)}`;
  return {
    id: f.id,
    created: Math.floor(f.created / 1000),
    timestamp: Math.floor(f.created / 1000),
    name: f.name,
    title: f.title,
    mimetype: f.mimetype,
    filetype: f.name.split('.').at(-1) ?? '',
    user: f.user,
    user_team: world.state.team.id,
    size: f.length,
    mode: 'hosted',
    url_private: url,
    url_private_download: url,
    permalink: url,
  };
}

export function payloadTeam(world: World): Record<string, unknown> {
  return { id: world.state.team.id, domain: world.state.team.domain };
}

export function payloadUser(world: World, p: StoredPerson): Record<string, unknown> {
  return { id: p.id, username: p.name, name: p.name, team_id: world.state.team.id };
}

export function payloadChannel(c: ChannelState): Record<string, unknown> {
  return { id: c.info.id, name: channelName(c) };
}

/** Payloads name direct messages and private channels only by their kind. */
export function channelName(c: ChannelState): string {
  switch (c.info.kind) {
    case 'public':
      return c.info.name;
    case 'private':
      return 'privategroup';
    case 'im':
      return 'directmessage';
  }
}

/** A view as payloads and `views.*` answers carry it. */
export function apiView(world: World, v: StoredView): Record<string, unknown> {
  const { team, app } = world.state;
  return {
    id: v.id,
    team_id: team.id,
    type: v.type,
    blocks: v.blocks,
    private_metadata: v.private_metadata,
    callback_id: v.callback_id,
    state: { values: v.values },
    hash: v.hash,
    title: v.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: v.clear_on_close,
    notify_on_close: v.notify_on_close,
    close: v.close,
    submit: v.submit,
    previous_view_id: v.previous,
    root_view_id: v.root,
    app_id: app.id,
    external_id: v.external_id,
    app_installed_team_id: team.id,
    bot_id: app.bot_id,
  };
}

/** The head every interaction shares. */
export function envelope(world: World, type: string, person: StoredPerson): Record<string, unknown> {
  return {
    type,
    team: payloadTeam(world),
    user: payloadUser(world, person),
    api_app_id: world.state.app.id,
    token: world.tokens.verification,
    enterprise: null,
    is_enterprise_install: false,
  };
}
