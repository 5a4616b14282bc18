import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/** The largest request that is read, in bytes. Slack's own stay far below. */
export const BODY_LIMIT = 1024 * 1024;
const WINDOW_MS = 5 * 60_000;
const DEEPEST = 60;

export type SlackRequest = {
  /** Lower-case names, as Node gives them. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  rawBody: Buffer;
};

export type SlackResponse = { status: number; headers: Record<string, string>; body: string };

/** A body whose shape is one that Bolt can read without throwing. */
export type CheckedBody = { [key: string]: unknown };

export type Passed = { body: CheckedBody; retryNum: number | null; retryReason: string | null };

const Id = z.string().min(1).max(200);
/** Of a workspace, an organization or an account. Bolt looks teams up in a plain object, where "constructor" is something. */
const SlackId = z.string().regex(/^[A-Z0-9]{1,40}$/);
const Team = z.looseObject({ id: SlackId, enterprise_id: SlackId.nullish() }).nullish();
const User = z.looseObject({ id: SlackId, team_id: SlackId.optional() });
const Enterprise = z.looseObject({ id: SlackId }).nullish();

/** The Socket Mode library emits an event under its own type, on the emitter that carries its own news. */
const OF_THE_LIBRARY: ReadonlySet<string> = new Set([
  'authenticated',
  'close',
  'connected',
  'connecting',
  'disconnected',
  'disconnecting',
  'error',
  'interactive',
  'reconnecting',
  'slack_event',
  'slash_commands',
  'ws_message',
]);

const EventCallback = z.looseObject({
  type: z.literal('event_callback'),
  team_id: SlackId,
  event_id: Id,
  event: z.looseObject({
    type: Id.refine((type) => !OF_THE_LIBRARY.has(type)),
    item: z.looseObject({}).optional(),
    channel: z.union([z.string(), z.looseObject({ id: z.string() })]).optional(),
    user: z.union([z.string(), User]).optional(),
  }),
  authorizations: z
    .array(z.looseObject({ team_id: SlackId.nullish(), enterprise_id: SlackId.nullish() }))
    .optional(),
});

const Command = z.looseObject({
  command: z.string().startsWith('/').max(100),
  team_id: SlackId,
  user_id: SlackId,
  channel_id: SlackId,
  enterprise_id: SlackId.optional(),
  trigger_id: Id,
  text: z.string().optional(),
});

const View = z.looseObject({
  id: Id,
  type: z.string(),
  callback_id: z.string(),
  private_metadata: z.string(),
  hash: z.string().optional(),
  app_installed_team_id: SlackId.nullish(),
  state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.looseObject({}))) }).optional(),
});

const Interaction = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('block_actions'),
    user: User,
    team: Team,
    enterprise: Enterprise,
    trigger_id: Id,
    actions: z.array(z.looseObject({ type: Id, action_id: Id, block_id: z.string() })).min(1),
    channel: z.looseObject({ id: Id }).optional(),
    container: z.looseObject({ type: Id }).optional(),
    view: View.optional(),
    response_url: z.string().optional(),
  }),
  z.looseObject({ type: z.literal('shortcut'), user: User, team: Team, trigger_id: Id, callback_id: Id }),
  z.looseObject({
    type: z.literal('view_submission'),
    user: User,
    team: Team,
    enterprise: Enterprise,
    view: View,
  }),
  z.looseObject({
    type: z.literal('view_closed'),
    user: User,
    team: Team,
    enterprise: Enterprise,
    view: View,
  }),
]);

/** What Slack sends, by the kind that a Socket Mode envelope names. */
const BODY = { events_api: EventCallback, interactive: Interaction, slash_commands: Command } as const;
const Body = z.union([EventCallback, Interaction, Command]);

/** True when Bolt may see this. Everything else would throw inside Bolt, or match no listener. */
export function isCheckedBody(body: unknown, kind?: keyof typeof BODY): body is CheckedBody {
  return isTame(body) && (kind === undefined ? Body : BODY[kind]).safeParse(body).success;
}

const PROTOTYPES = ['__proto__', 'constructor', 'prototype'];

/** Objects only, no deeper than Slack ever nests, and no key that reaches a prototype. */
function isTame(root: unknown): boolean {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return false;
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return false;
    const next: object[] = [];
    for (const value of level) {
      if (PROTOTYPES.some((key) => Object.hasOwn(value, key))) return false;
      for (const child of Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return true;
}

/** Signatures seen within the window. Outside it the timestamp refuses them, so nothing is kept longer. */
export class ReplayMemory {
  #seen = new Map<string, number>();

  firstSeen(signature: string, now: number): boolean {
    for (const [old, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(signature)) return false;
    this.#seen.set(signature, now + 2 * WINDOW_MS);
    return true;
  }
}

const answer = (status: number, text = ''): SlackResponse => ({
  status,
  headers: text === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' },
  body: text,
});

/**
 * Lets a request through to Bolt, or answers it: 413 too large, 401 unsigned or outside five minutes
 * on either side, 400 of no shape that Slack sends, 200 for a replay (nothing is done) and for
 * Slack's own `ssl_check` and `url_verification`.
 */
export function checkRequest(
  deps: { signingSecret: string; clock: Clock; replays: ReplayMemory },
  request: SlackRequest,
): Passed | SlackResponse {
  const { rawBody } = request;
  if (rawBody.length > BODY_LIMIT) return answer(413, 'The body is larger than 1 MiB.');
  const now = deps.clock.now();
  const signature = single(request, 'x-slack-signature');
  if (!isSigned(deps.signingSecret, now, single(request, 'x-slack-request-timestamp'), signature, rawBody)) {
    return answer(401, 'The Slack signature does not verify, or its time is not within five minutes.');
  }
  if (!deps.replays.firstSeen(signature, now)) return answer(200);
  const body = parseBody(rawBody.toString('utf8'), single(request, 'content-type'));
  const handshake = shake(body);
  if (handshake) return handshake;
  if (!isCheckedBody(body)) return answer(400, 'The body is nothing that Slack sends.');
  const retryNum = Number(single(request, 'x-slack-retry-num'));
  return {
    body,
    retryNum: retryNum > 0 ? retryNum : null,
    retryReason: single(request, 'x-slack-retry-reason') || null,
  };
}

function single(request: SlackRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** `secrets` is one, or during a rotation several with spaces between; each is compared in constant time. */
function isSigned(secrets: string, now: number, stamp: string, signature: string, rawBody: Buffer): boolean {
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now - Number(stamp) * 1000) > WINDOW_MS) return false;
  const given = Buffer.from(signature);
  const fits = secrets
    .split(/\s+/)
    .filter((secret) => secret !== '')
    .map((secret) => {
      const ours = createHmac('sha256', secret).update(`v0:${stamp}:`).update(rawBody).digest('hex');
      const expected = Buffer.from(`v0=${ours}`);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  return fits.includes(true);
}

/** JSON, or a form whose `payload` field is JSON; undefined when it is neither. */
function parseBody(text: string, contentType: string): unknown {
  try {
    if (!contentType.startsWith('application/x-www-form-urlencoded')) return JSON.parse(text);
    const form = new URLSearchParams(text);
    // Slack names each field once; of two, readers differ in which they believe.
    if (new Set(form.keys()).size !== form.size) return undefined;
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : JSON.parse(payload);
  } catch {
    return undefined;
  }
}

const UrlVerification = z.object({ type: z.literal('url_verification'), challenge: z.string().max(1000) });
const SslCheck = z.object({ ssl_check: z.literal(['1', 1]) });

function shake(body: unknown): SlackResponse | null {
  if (SslCheck.safeParse(body).success) return answer(200);
  const verification = UrlVerification.safeParse(body);
  if (!verification.success) return null;
  const { challenge } = verification.data;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ challenge }),
  };
}
