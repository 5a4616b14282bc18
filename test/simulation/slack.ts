import { AsyncLocalStorage } from 'node:async_hooks';
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { hashOf } from '../../src/exports/hash.ts';
import type { Chance } from './chance.ts';
import { FOREVER, type Mortal, type Scheduler } from './scheduler.ts';

/** A message as it stands in Slack. */
export type Posted = {
  ts: string;
  channel: string;
  post_id: string;
  thread_ts: string | null;
  text: string;
  /** As the ledger hashes what it has shown. */
  hash: string;
  deleted: boolean;
  /** Of the export that it shows: the version and status it was drawn from. */
  version: number;
  status: string;
};

/** What the row that is being sent is drawn from. */
export type Drawing = { export_id: string; version: number; status: string };

/** Follows a row from the dispatcher into the calls that it makes. */
export const drawing = new AsyncLocalStorage<Drawing>();

export const SLACK_WEATHER = ['up', 'flaky', 'limited', 'down'] as const;
export type SlackWeather = (typeof SLACK_WEATHER)[number];

type Fate = 'ok' | 'limited' | 'lost before' | 'lost after' | '500 before' | '500 after';

/** On the way to Slack and back; a process that comes back takes longer than that. */
const ON_THE_WAY_MS = 700;
const PAGE = 200;

type Body = {
  channel: string;
  text: string;
  blocks: unknown;
  metadata: { event_payload: { post_id: string; record_seq?: number; record_hash?: string } };
  thread_ts?: string;
};

/** A workspace with its own clock: it keeps messages, answers late or never, and finds what it kept. */
export class Slack {
  readonly messages: Posted[] = [];
  readonly #byPost = new Map<string, Posted[]>();
  readonly #byPlace = new Map<string, Posted>();
  weather: SlackWeather = 'up';
  /** Nothing goes wrong any more. */
  calm = false;
  readonly faults: Record<string, number> = {};
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #channels = new Map<string, string>();
  #lastTs = 0;

  constructor(scheduler: Scheduler, chance: Chance, channels: readonly string[]) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    for (const [n, name] of channels.entries())
      this.#channels.set(name.replace(/^#/, ''), `C${String(n).padStart(8, '0')}`);
  }

  idOf(name: string): string {
    return this.#channels.get(name.replace(/^#/, '')) ?? name;
  }

  /** Everything that was ever posted under this id. */
  posts(post_id: string): readonly Posted[] {
    return this.#byPost.get(post_id) ?? [];
  }

  standing(post_id: string): readonly Posted[] {
    return this.posts(post_id).filter((each) => !each.deleted);
  }

  postIds(): Iterable<string> {
    return this.#byPost.keys();
  }

  /** What the process calls, as far as Meshline's messenger does. */
  client(life: Mortal): WebClient {
    const client = {
      auth: { test: () => this.#call(life, 'auth', () => () => ({ ok: true })) },
      chat: {
        postMessage: (body: Body) =>
          this.#call(life, `post ${body.metadata.event_payload.post_id}`, () => this.#post(body)),
        update: (body: Body & { ts: string }) =>
          this.#call(life, `update ${body.metadata.event_payload.post_id}`, () => this.#update(body)),
      },
      conversations: {
        history: (asked: { channel: string; oldest: string; cursor?: string }) =>
          this.#call(life, 'history', () => () => this.#history(asked)),
        replies: (asked: { channel: string; ts: string; oldest: string; cursor?: string }) =>
          this.#call(life, 'replies', () => () => this.#replies(asked)),
        open: ({ users }: { users: string }) =>
          this.#call(life, 'open', () => () => ({ ok: true, channel: { id: `D${users}` } })),
        list: () =>
          this.#call(life, 'list', () => () => ({
            ok: true,
            channels: [...this.#channels].map(([name, id]) => ({ id, name })),
          })),
      },
    };
    return client as unknown as WebClient;
  }

  /** The request travels on although whoever sent it has ended; only its answer is lost then. `prepare` runs at once. */
  #call<T>(life: Mortal, method: string, prepare: () => () => T): Promise<T> {
    const apply = prepare();
    const fate = this.#fate(method);
    const there = this.#chance.between(5, ON_THE_WAY_MS);
    return new Promise<T>((resolve, reject) => {
      this.#scheduler.after(FOREVER, there, `slack ${method} arrives`, () => {
        const before = fate === 'lost before' || fate === '500 before' || fate === 'limited';
        let done: { value: T } | { error: Error } | null = null;
        try {
          if (!before) done = { value: apply() };
        } catch (error) {
          done = { error: error as Error };
        }
        const back = fate.startsWith('lost') ? this.#chance.between(1_000, 20_000) : there;
        this.#scheduler.after(life, back, `slack ${method} answers: ${fate}`, () => {
          if (fate === 'limited') reject(new WebAPIRateLimitedError(this.#chance.between(1, 30)));
          else if (fate.startsWith('500')) reject(new WebAPIHTTPError(500, 'oops', {}));
          else if (fate.startsWith('lost') || done === null) reject(new Error('socket hang up'));
          else if ('error' in done) reject(done.error);
          else resolve(done.value);
        });
      });
    });
  }

  #fate(method: string): Fate {
    const fate = this.#drawn();
    if (fate !== 'ok') {
      const name = `slack ${method.split(' ')[0]} ${fate}`;
      this.faults[name] = (this.faults[name] ?? 0) + 1;
    }
    return fate;
  }

  #drawn(): Fate {
    if (this.calm) return 'ok';
    switch (this.weather) {
      case 'up':
        return this.#chance.of(0.01) ? 'lost after' : 'ok';
      case 'flaky':
        return this.#chance.weighed<Fate>({
          ok: 5,
          limited: 1,
          'lost before': 1,
          'lost after': 2,
          '500 before': 1,
          '500 after': 1,
        });
      case 'limited':
        return this.#chance.of(0.6) ? 'limited' : 'ok';
      case 'down':
        return 'lost before';
    }
  }

  /** Slack's own clock, with a counter, so that no two messages share a `ts`. */
  #ts(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, this.#scheduler.trueNow() * 1000);
    return (this.#lastTs / 1_000_000).toFixed(6);
  }

  #post(body: Body): () => { ok: true; ts: string } {
    const seen = drawing.getStore();
    return () => {
      if (body.thread_ts !== undefined) {
        const parent = this.#at(body.channel, body.thread_ts);
        if (!parent || parent.deleted) throw refusal('thread_not_found');
      }
      const { post_id } = body.metadata.event_payload;
      const posted: Posted = {
        ts: this.#ts(),
        channel: body.channel,
        post_id,
        thread_ts: body.thread_ts ?? null,
        text: body.text,
        hash: bodyHash(body),
        deleted: false,
        version: seen?.version ?? 0,
        status: seen?.status ?? '',
      };
      this.messages.push(posted);
      this.#byPlace.set(`${posted.channel} ${posted.ts}`, posted);
      const under = this.#byPost.get(post_id);
      if (under) under.push(posted);
      else this.#byPost.set(post_id, [posted]);
      return { ok: true, ts: posted.ts };
    };
  }

  #update(body: Body & { ts: string }): () => { ok: true } {
    const seen = drawing.getStore();
    return () => {
      const posted = this.#at(body.channel, body.ts);
      if (!posted || posted.deleted) throw refusal('message_not_found');
      posted.text = body.text;
      posted.hash = bodyHash(body);
      if (seen) Object.assign(posted, { version: seen.version, status: seen.status });
      return { ok: true };
    };
  }

  #at(channel: string, ts: string): Posted | undefined {
    return this.#byPlace.get(`${channel} ${ts}`);
  }

  #history({ channel, oldest, cursor }: { channel: string; oldest: string; cursor?: string }) {
    const there = this.messages.filter((each) => each.channel === channel && each.thread_ts === null);
    return page(there, oldest, cursor);
  }

  #replies({
    channel,
    ts,
    oldest,
    cursor,
  }: {
    channel: string;
    ts: string;
    oldest: string;
    cursor?: string;
  }) {
    if (this.#at(channel, ts)?.deleted !== false) throw refusal('thread_not_found');
    const there = this.messages.filter((each) => each.channel === channel && each.thread_ts === ts);
    return page(there, oldest, cursor);
  }

  /** Nothing had to be changed: the card already looks like this state. */
  confirm(post_id: string, seen: Drawing, body_hash: string | null): void {
    const [card] = this.standing(post_id);
    if (card && card.hash === body_hash) Object.assign(card, { version: seen.version, status: seen.status });
  }
}

function page(messages: readonly Posted[], oldest: string, cursor: string | undefined) {
  const from = Number(cursor ?? 0);
  const fitting = messages
    .filter((each) => !each.deleted && Number(each.ts) >= Number(oldest))
    .reverse()
    .slice(from, from + PAGE + 1);
  return {
    ok: true,
    messages: fitting.slice(0, PAGE).map(({ ts, post_id }) => ({
      ts,
      metadata: { event_type: 'meshline_post', event_payload: { post_id } },
    })),
    response_metadata: { next_cursor: fitting.length > PAGE ? String(from + PAGE) : '' },
  };
}

function bodyHash({ text, blocks, metadata }: Body): string {
  const { record_seq: seq, record_hash: hash } = metadata.event_payload;
  return hashOf(JSON.stringify({ text, blocks, ...(hash === undefined ? {} : { record: { seq, hash } }) }));
}

function refusal(error: string): Error {
  return new WebAPIPlatformError({ ok: false, error });
}
