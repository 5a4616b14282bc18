import { z } from 'zod';
import { checkMessage } from './blocks/index.ts';
import { edit, post, remove } from './posting.ts';
import { SlackError } from './slack-error.ts';
import type { ChannelState, StoredMessage } from './state/channel.ts';
import { Metadata } from './web-api/args.ts';
import type { World } from './world.ts';

const LIFE_MS = 30 * 60_000;
const USES = 5;

type Origin = {
  channel: string;
  user: string;
  ts: string | null;
  ephemeral: boolean;
  thread_ts: string | null;
};
type Entry = Origin & { left: number; expires: number };

const Body = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  metadata: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});

/** The addresses under which an app may answer an interaction: five times within half an hour. */
export class ResponseUrls {
  #entries = new Map<string, Entry>();
  #origin: () => string;

  constructor(origin: () => string) {
    this.#origin = origin;
  }

  issue(id: string, origin: Origin, now: number): string {
    for (const [old, entry] of this.#entries) {
      if (entry.expires > now) break;
      this.#entries.delete(old);
    }
    this.#entries.set(id, { ...origin, left: USES, expires: now + LIFE_MS });
    return `${this.#origin()}/response/${id}`;
  }

  /** Carries one answer out. @throws SlackError with a 4xx status. */
  use(world: World, id: string, raw: unknown): void {
    const entry = this.#entries.get(id);
    const channel = entry && world.state.channels.get(entry.channel);
    if (!entry || !channel || world.clock.now() > entry.expires)
      throw new SlackError('expired_url', { status: 404 });
    if (entry.left <= 0) throw new SlackError('used_url', { status: 404 });
    entry.left -= 1;
    const body = Body.safeParse(raw);
    if (!body.success) throw new SlackError('invalid_payload', { status: 400 });
    respond(world, channel, entry, body.data);
  }
}

function respond(world: World, channel: ChannelState, entry: Entry, body: z.infer<typeof Body>): void {
  const original = findOriginal(channel, entry);
  if (body.delete_original) {
    if (!original) throw new SlackError('message_not_found', { status: 404 });
    remove(world, channel, original);
    return;
  }
  const content = checkContent(world, body);
  if (body.replace_original) {
    if (!original) throw new SlackError('message_not_found', { status: 404 });
    edit(world, channel, original, content);
    return;
  }
  if (channel.info.archived) throw new SlackError('is_archived', { status: 410 });
  post(world, channel, {
    user: world.state.app.bot_user_id,
    by_app: true,
    ...content,
    thread_ts: body.thread_ts ?? entry.thread_ts,
    ephemeral_to: body.response_type === 'ephemeral' ? entry.user : null,
  });
}

function checkContent(world: World, body: z.infer<typeof Body>) {
  try {
    const metadata = Metadata.safeParse(body.metadata);
    return {
      ...checkMessage(body.text, body.blocks, world.state.files),
      ...(metadata.success ? { metadata: metadata.data } : {}),
    };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    throw new SlackError(error.code, { status: 400, messages: error.messages });
  }
}

function findOriginal(channel: ChannelState, entry: Entry): StoredMessage | undefined {
  if (entry.ts === null) return undefined;
  return entry.ephemeral ? channel.findEphemeral(entry.ts, entry.user) : channel.find(entry.ts);
}
