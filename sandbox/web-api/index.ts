import type { ServerResponse } from 'node:http';
import { storesFirst } from '../faults.ts';
import { SlackError } from '../slack-error.ts';
import type { World } from '../world.ts';
import { app } from './app.ts';
import { type Args, text } from './args.ts';
import { applyFault } from './broken.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { type Method, type Methods, needScope } from './define.ts';
import { files } from './files.ts';
import { users } from './users.ts';
import { views } from './views.ts';

export const methods: Methods = { ...app, ...chat, ...conversations, ...users, ...files, ...views };

type Result = { status: number; headers: Record<string, string>; body: Record<string, unknown> };

/** Answers one Web API call, fault or no fault, and logs it. */
export function serveApi(
  world: World,
  method: string,
  args: Args,
  token: string | undefined,
  response: ServerResponse,
): void {
  const fault = world.faults.take(method, text(args, 'channel'));
  if (fault && !storesFirst(fault.kind)) {
    applyFault(world, method, args, fault, response);
    return;
  }
  const result = callMethod(world, method, args, token);
  if (fault) {
    applyFault(world, method, args, fault, response);
    return;
  }
  log(world, method, args, result);
  response.writeHead(result.status, { 'content-type': 'application/json; charset=utf-8', ...result.headers });
  response.end(JSON.stringify(result.body));
}

function callMethod(world: World, name: string, args: Args, token: string | undefined): Result {
  const scopes = world.manifest.scopes;
  const headers = scopes ? { 'x-oauth-scopes': [...scopes].join(',') } : {};
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new SlackError('unknown_method', { extra: { req_method: name } });
    authorize(world, method, token);
    const wait = world.limits.take(name, method.tier, text(args, 'channel'), world.clock.now());
    if (wait > 0) {
      return {
        status: 429,
        headers: { 'retry-after': String(wait) },
        body: { ok: false, error: 'ratelimited' },
      };
    }
    needScope(world, ...method.scopes);
    return { status: 200, headers, body: { ok: true, ...method.run(world, args) } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: error.status, headers, body: error.body() };
  }
}

function authorize(world: World, method: Method, token: string | undefined): void {
  const { bot, app: appToken, revoked } = world.tokens;
  const wanted = method.token ?? 'bot';
  if (token === undefined || token === '') {
    if (method === methods['api.test']) return;
    throw new SlackError('not_authed');
  }
  if (token !== bot && token !== appToken) throw new SlackError('invalid_auth');
  if (revoked) throw new SlackError('token_revoked');
  if (wanted !== 'any' && token !== (wanted === 'bot' ? bot : appToken)) {
    throw new SlackError('not_allowed_token_type');
  }
}

function log(world: World, method: string, args: Args, { status, headers, body }: Result): void {
  const { token: _token, ...shown } = args;
  const error = typeof body.error === 'string' ? body.error : null;
  const wait = Number(headers['retry-after'] ?? 0);
  const call = { method, args: shown, at: world.clock.now(), ok: error === null, error, status };
  world.calls.add(wait > 0 ? { ...call, retry_after: wait } : call);
}
