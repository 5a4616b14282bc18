import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { readBody } from '../request.ts';
import type { SinkState } from '../ui-contract.ts';
import { Loopback, sendJson } from './loopback.ts';
import { isDown, isMode, MODES, type Mode } from './modes.ts';
import { isQuestion, Rehearsals } from './questions.ts';
import { Shelf } from './shelf.ts';
import { shortage } from './shortage.ts';

const Body = z.looseObject({ operation: z.string() });

const WINDOW_S = 300;
const RETRY_AFTER_S = 2;
const KEPT = 200;

export type Effect = { key: string; at: number; operation: string; body: unknown };

/** One receiver of signed webhooks. It carries each `webhook-id` out once, however often it comes. */
export class SampleSink {
  readonly name: string;
  readonly title: string;
  readonly secret: string;
  mode: Mode = 'ok';
  effects = new Map<string, Effect>();
  #shelf = new Shelf();
  #rehearsals = new Rehearsals();
  #received: SinkState['received'] = [];
  #clock: Clock;
  #report: (sink: SampleSink) => void;
  #server = new Loopback((request, response) => this.#serve(request, response));

  constructor(name: string, title: string, secret: string, clock: Clock, report: (sink: SampleSink) => void) {
    this.name = name;
    this.title = title;
    this.secret = secret;
    this.#clock = clock;
    this.#report = report;
  }

  listen(port: number): Promise<string> {
    return this.#server.listen(port);
  }

  /** False for a mode there is not. */
  behave(mode: string): boolean {
    if (!isMode(mode)) return false;
    this.mode = mode;
    return true;
  }

  state(): SinkState {
    const modes = MODES.map((m) => ({ id: m.id, label: m.label }));
    return {
      name: this.name,
      title: this.title,
      note: null,
      mode: this.mode,
      modes,
      key_label: 'Idempotency key',
      received: this.#received,
      holds: [],
    };
  }

  reset(): void {
    this.mode = 'ok';
    this.effects.clear();
    this.#shelf.reset();
    this.#rehearsals.reset();
    this.#received = [];
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = /^\/effects\/([^/?]+)/.exec(request.url ?? '')?.[1];
    if (key !== undefined) return this.#lookUp(decodeURIComponent(key), response);
    if (request.method !== 'POST')
      return sendJson(response, 405, { message: 'Post a signed operation here.' });
    const raw = (await readBody(request)).toString('utf8');
    const body = this.#verified(request, raw);
    if (body === null) return sendJson(response, 401, { message: 'The signature does not fit.' });
    const parsed = Body.safeParse(body);
    if (!parsed.success) return sendJson(response, 400, { message: 'The body names no operation.' });
    this.#act(String(request.headers['webhook-id']), parsed.data, response);
  }

  /** The number this system gave the effect, such as "OMS-1001". */
  #reference(key: string): string {
    return `${this.name.toUpperCase()}-${1001 + [...this.effects.keys()].indexOf(key)}`;
  }

  #lookUp(key: string, response: ServerResponse): void {
    const effect = this.effects.get(key);
    if (effect) sendJson(response, 200, { found: true, at: effect.at });
    else sendJson(response, 404, { found: false });
  }

  /** The body when one of its signatures is ours and its timestamp is within five minutes; else null. */
  #verified(request: IncomingMessage, raw: string): unknown {
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = request.headers;
    const seconds = Number(at);
    if (typeof id !== 'string' || typeof signatures !== 'string' || !Number.isInteger(seconds)) return null;
    if (Math.abs(this.#clock.now() / 1000 - seconds) > WINDOW_S) return null;
    const ours = Buffer.from(new Webhook(this.secret).sign(id, new Date(seconds * 1000), raw));
    const fits = signatures.split(' ').some((given) => {
      const theirs = Buffer.from(given);
      return theirs.length === ours.length && timingSafeEqual(theirs, ours);
    });
    return fits ? parseJson(raw) : null;
  }

  #act(key: string, body: z.infer<typeof Body>, response: ServerResponse): void {
    const repeat = this.effects.has(key);
    const note = (status: number) => {
      const entry = { at: this.#clock.now(), id: key, operation: body.operation, status, repeat, body };
      this.#received = [entry, ...this.#received].slice(0, KEPT);
      this.#report(this);
    };
    const carryOut = () => {
      if (repeat) return;
      this.effects.set(key, { key, at: this.#clock.now(), operation: body.operation, body });
      this.#shelf.apply(body.operation, body['data']);
    };
    const done = () => {
      carryOut();
      note(200);
      sendJson(response, 200, { ok: true, id: key, reference: this.#reference(key), repeat });
    };
    const short = () => {
      note(422);
      sendJson(response, 422, shortage(body, this.#shelf));
    };
    const fail = () => {
      note(500);
      sendJson(response, 500, { message: 'Internal error' });
    };
    if (isQuestion(body.operation) && !isDown(this.mode)) {
      const fails = this.mode === 'staging_fails';
      const reply = this.#rehearsals.answer(body.operation, body, this.#shelf, fails);
      note(reply.status);
      return sendJson(response, reply.status, reply.body);
    }
    switch (this.mode) {
      case 'ok':
      case 'staging_fails':
        return done();
      case 'fail_500':
        return fail();
      case 'fail_once_500':
        this.mode = 'ok';
        return fail();
      case 'rate_limited':
        note(429);
        response.setHeader('retry-after', String(RETRY_AFTER_S));
        sendJson(response, 429, { message: 'Too many requests' });
        return;
      case 'short_once':
        if (body.operation !== 'promo.activate') return done();
        this.mode = 'ok';
        return short();
      case 'reject_422':
        return short();
      case 'locked_409':
        note(409);
        sendJson(response, 409, { message: 'Locked for stocktaking. Send it again afterwards.' });
        return;
      case 'timeout':
        note(0);
        return;
      case 'lost_answer':
        carryOut();
        note(0);
        response.socket?.resetAndDestroy();
        return;
      case 'html':
        note(200);
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        response.end('<!doctype html><title>Maintenance</title><h1>We will be back soon.</h1>');
        return;
      case 'gone_410':
        note(410);
        sendJson(response, 410, { message: 'This endpoint is gone.' });
        return;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return null;
  }
}
