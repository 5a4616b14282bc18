import type { ServerResponse } from 'node:http';
import { type Fault, storesFirst } from '../faults.ts';
import { SlackError } from '../slack-error.ts';
import type { World } from '../world.ts';
import { app } from './app.ts';
import { type Args, text } from './args.ts';
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
  log(world, method, args, result.status, typeof result.body.error === 'string' ? result.body.error : null);
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

function log(world: World, method: string, args: Args, status: number, error: string | null): void {
  const { token: _token, ...shown } = args;
  world.calls.add({ method, args: shown, at: world.clock.now(), ok: error === null, error, status });
}

/** Breaks an answer off in the way the fault says. */
export function applyFault(
  world: World,
  method: string,
  args: Args,
  fault: Fault,
  response: ServerResponse,
): void {
  const status = {
    '500': 500,
    stored_then_500: 500,
    html: 200,
    ratelimited: 429,
    ratelimited_no_retry_after: 429,
  };
  const code = Object.entries(status).find(([kind]) => kind === fault.kind)?.[1] ?? 0;
  log(world, method, args, code, `fault:${fault.kind}`);
  const limited = JSON.stringify({ ok: false, error: 'ratelimited' });
  switch (fault.kind) {
    case 'ratelimited':
      response.writeHead(429, {
        'content-type': 'application/json; charset=utf-8',
        'retry-after': String(fault.retry_after ?? 1),
      });
      response.end(limited);
      return;
    case 'ratelimited_no_retry_after':
      response.writeHead(429, { 'content-type': 'application/json; charset=utf-8' });
      response.end(limited);
      return;
    case '500':
    case 'stored_then_500':
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('Internal Server Error');
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Slack</title><h1>Something went wrong.</h1>');
      return;
    case 'reset':
    case 'stored_then_reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
    case 'stored_then_hang':
      return;
  }
}
