import { SlackError } from '../slack-error.ts';
import type { World } from '../world.ts';
import { type Args, json, required, text } from './args.ts';
import type { Methods } from './define.ts';

function authTest(world: World): Record<string, unknown> {
  const { team, app } = world.state;
  const bot = world.state.people.get(app.bot_user_id);
  return {
    url: `${world.origin()}/`,
    team: team.name,
    user: bot?.name ?? '',
    team_id: team.id,
    user_id: app.bot_user_id,
    bot_id: app.bot_id,
    is_enterprise_install: false,
  };
}

function connectionsOpen(world: World): Record<string, unknown> {
  const ticket = world.delivery.sockets.ticket();
  if (ticket === null) throw new SlackError('too_many_websockets');
  const origin = world.origin().replace(/^http/, 'ws');
  return { url: `${origin}/link/?ticket=${ticket}&app_id=${world.state.app.id}` };
}

function execution(world: World, args: Args) {
  const found = world.state.executions.get(required(args, 'function_execution_id'));
  if (!found) throw new SlackError('function_execution_not_found');
  if (found.status !== 'running') throw new SlackError('execution_not_in_running_state');
  return found;
}

export const app: Methods = {
  'api.test': { tier: 'none', scopes: [], token: 'any', run: (_world, args) => ({ args }) },
  'auth.test': { tier: 'none', scopes: [], token: 'any', run: authTest },
  'apps.connections.open': { tier: 'none', scopes: [], token: 'app', run: connectionsOpen },
  'bots.info': {
    tier: 3,
    scopes: ['users:read'],
    run(world, args) {
      const { app: self } = world.state;
      if ((text(args, 'bot') ?? self.bot_id) !== self.bot_id) throw new SlackError('bot_not_found');
      const user_id = self.bot_user_id;
      return {
        bot: { id: self.bot_id, deleted: false, name: self.name, updated: 0, app_id: self.id, user_id },
      };
    },
  },
  'team.info': {
    tier: 3,
    scopes: ['team:read'],
    run(world) {
      const { id, name, domain } = world.state.team;
      return { team: { id, name, domain, email_domain: '', icon: { image_default: true } } };
    },
  },
  'reactions.add': {
    tier: 3,
    scopes: ['reactions:write'],
    run(world, args) {
      const channel = world.state.channels.get(required(args, 'channel'));
      if (!channel?.has(world.state.app.bot_user_id)) throw new SlackError('channel_not_found');
      const name = required(args, 'name');
      if (!/^[a-z0-9_+'-]{1,100}$/.test(name)) throw new SlackError('invalid_name');
      const message = channel.find(required(args, 'timestamp'));
      if (!message) throw new SlackError('message_not_found');
      const bot = world.state.app.bot_user_id;
      const known = message.reactions.find((r) => r.name === name);
      if (known?.users.includes(bot)) throw new SlackError('already_reacted');
      if (known) known.users.push(bot);
      else message.reactions.push({ name, users: [bot] });
      world.changes.tell({ kind: 'channel', channel: channel.info.id });
      return {};
    },
  },
  'functions.completeSuccess': {
    tier: 3,
    scopes: [],
    run(world, args) {
      const run = execution(world, args);
      const outputs = json(args, 'outputs', 'parameter_validation_failed');
      if (typeof outputs !== 'object' || outputs === null)
        throw new SlackError('parameter_validation_failed');
      run.status = 'succeeded';
      run.outputs = { ...outputs };
      return {};
    },
  },
  'functions.completeError': {
    tier: 3,
    scopes: [],
    run(world, args) {
      const run = execution(world, args);
      run.error = required(args, 'error');
      run.status = 'failed';
      return {};
    },
  },
};
