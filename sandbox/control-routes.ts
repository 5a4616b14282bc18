import { z } from 'zod';
import type { Control } from './control.ts';
import { FAULT_KINDS } from './faults.ts';
import { UiError } from './slack-error.ts';

const Fault = z.object({
  match: z
    .object({ method: z.string().exactOptional(), channel: z.string().exactOptional() })
    .exactOptional(),
  kind: z.enum(FAULT_KINDS),
  times: z.int().min(0).exactOptional(),
  retry_after: z.number().min(0).exactOptional(),
  error: z.string().exactOptional(),
});

const People = z.discriminatedUnion('do', [
  z.object({ do: z.enum(['deactivate', 'reactivate']), user: z.string() }),
  z.object({ do: z.literal('presence'), user: z.string(), presence: z.enum(['active', 'away']) }),
  z.object({ do: z.literal('dnd'), user: z.string(), ms: z.number().min(0) }),
]);

const Channels = z.discriminatedUnion('do', [
  z.object({ do: z.enum(['archive', 'unarchive', 'remove_bot', 'invite_bot']), channel: z.string() }),
  z.object({ do: z.enum(['invite', 'remove']), channel: z.string(), user: z.string() }),
  z.object({ do: z.literal('delete_message'), channel: z.string(), ts: z.string() }),
]);

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UiError(`The request does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function people(control: Control, request: z.infer<typeof People>): void {
  switch (request.do) {
    case 'deactivate':
      control.deactivate(request.user);
      return;
    case 'reactivate':
      control.reactivate(request.user);
      return;
    case 'presence':
      control.setPresence(request.user, request.presence);
      return;
    case 'dnd':
      control.setDnd(request.user, request.ms);
      return;
  }
}

function channels(control: Control, request: z.infer<typeof Channels>): void {
  switch (request.do) {
    case 'archive':
      control.archive(request.channel);
      return;
    case 'unarchive':
      control.archive(request.channel, false);
      return;
    case 'remove_bot':
      control.removeBot(request.channel);
      return;
    case 'invite_bot':
      control.inviteBot(request.channel);
      return;
    case 'invite':
      control.invite(request.channel, request.user);
      return;
    case 'remove':
      control.removeMember(request.channel, request.user);
      return;
    case 'delete_message':
      control.deleteMessage(request.channel, request.ts);
      return;
  }
}

/** Answers `/control/...`. @throws UiError. */
export async function controlRoute(
  control: Control,
  method: string,
  room: string,
  query: URLSearchParams,
  body: unknown,
): Promise<unknown> {
  try {
    return (await route(control, `${method} ${room}`, query, body)) ?? {};
  } catch (error) {
    if (error instanceof RangeError) throw new UiError(error.message, 404);
    throw error;
  }
}

async function route(
  control: Control,
  line: string,
  query: URLSearchParams,
  body: unknown,
): Promise<unknown> {
  switch (line) {
    case 'GET faults':
      return control.faults();
    case 'POST faults':
      return control.addFault(parse(Fault, body));
    case 'DELETE faults':
      return control.clearFaults();
    case 'POST sockets':
      return control.sockets(
        parse(
          z.object({ do: z.enum(['drop', 'freeze', 'thaw', 'refresh', 'warning', 'link_disabled']) }),
          body,
        ).do,
      );
    case 'POST clock':
      return { now: control.advance(parse(z.object({ advance_ms: z.number().min(0) }), body).advance_ms) };
    case 'POST people':
      return people(control, parse(People, body));
    case 'POST channels':
      return channels(control, parse(Channels, body));
    case 'GET calls':
      return control.calls(filterOf(query));
    case 'DELETE calls':
      return control.clearCalls();
    case 'GET deliveries': {
      const type = query.get('type');
      return control.deliveries(type === null ? {} : { type });
    }
    case 'POST redeliver':
      return control.redeliver(parse(z.object({ n: z.int() }), body).n);
    case 'POST limits':
      return control.setRateLimits(parse(z.object({ enabled: z.boolean() }), body).enabled);
    case 'POST tokens':
      return control.revokeTokens(
        parse(z.object({ do: z.enum(['revoke', 'restore']) }), body).do === 'revoke',
      );
    case 'POST http': {
      control.useHttp(parse(z.object({ requestUrl: z.url(), signingSecret: z.string() }), body));
      return { verified: await control.verifyRequestUrl() };
    }
    case 'POST functions': {
      const request = z.object({ callback_id: z.string(), inputs: z.record(z.string(), z.unknown()) });
      const { callback_id, inputs } = parse(request, body);
      return control.runFunction(callback_id, inputs);
    }
    case 'GET sinks':
      return control.sinks();
    case 'POST sinks': {
      const { sink, mode } = parse(z.object({ sink: z.string(), mode: z.string() }), body);
      return control.setSinkMode(sink, mode);
    }
    case 'POST reset':
      return control.reset();
  }
  throw new UiError('There is no such control.', 404);
}

function filterOf(query: URLSearchParams) {
  const [method, channel, ok, since] = ['method', 'channel', 'ok', 'since'].map((n) => query.get(n));
  return {
    ...(method ? { method } : {}),
    ...(channel ? { channel } : {}),
    ...(ok ? { ok: ok === 'true' } : {}),
    ...(since ? { since: Number(since) } : {}),
  };
}
