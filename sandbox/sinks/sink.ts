import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { readBody } from '../request.ts';
import type { SinkState } from '../ui-contract.ts';
import type { Mode } from './modes.ts';
import { MODES } from './modes.ts';

const Body = z.looseObject({ operation: z.string() });
const Item = z.object({ sku: z.string(), quantity: z.number().positive().optional() });

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
  #received: SinkState['received'] = [];
  #clock: Clock;
  #report: (sink: SampleSink) => void;
  #server: Server;

  constructor(name: string, title: string, secret: string, clock: Clock, report: (sink: SampleSink) => void) {
    this.name = name;
    this.title = title;
    this.secret = secret;
    this.#clock = clock;
    this.#report = report;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        const taken = typeof address === 'object' && address !== null ? address.port : port;
        resolve(`http://127.0.0.1:${taken}/`);
      });
    });
  }

  state(): SinkState {
    const modes = MODES.map((m) => ({ id: m.id, label: m.label }));
    return { name: this.name, title: this.title, mode: this.mode, modes, received: this.#received };
  }

  reset(): void {
    this.mode = 'ok';
    this.effects.clear();
    this.#received = [];
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = /^\/effects\/([^/?]+)/.exec(request.url ?? '')?.[1];
    if (key !== undefined) return this.#lookUp(decodeURIComponent(key), response);
    if (request.method !== 'POST') return send(response, 405, { message: 'Post a signed operation here.' });
    const raw = (await readBody(request)).toString('utf8');
    const body = this.#verified(request, raw);
    if (body === null) return send(response, 401, { message: 'The signature does not fit.' });
    const parsed = Body.safeParse(body);
    if (!parsed.success) return send(response, 400, { message: 'The body names no operation.' });
    this.#act(String(request.headers['webhook-id']), parsed.data, response);
  }

  /** The number this system gave the effect, such as "OMS-1001". */
  #reference(key: string): string {
    return `${this.name.toUpperCase()}-${1001 + [...this.effects.keys()].indexOf(key)}`;
  }

  #lookUp(key: string, response: ServerResponse): void {
    const effect = this.effects.get(key);
    if (effect) send(response, 200, { found: true, at: effect.at });
    else send(response, 404, { found: false });
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
    };
    const fail = () => {
      note(500);
      send(response, 500, { message: 'Internal error' });
    };
    switch (this.mode) {
      case 'ok':
        carryOut();
        note(200);
        send(response, 200, { ok: true, id: key, reference: this.#reference(key), repeat });
        return;
      case 'fail_500':
        return fail();
      case 'fail_once_500':
        this.mode = 'ok';
        return fail();
      case 'rate_limited':
        note(429);
        response.setHeader('retry-after', String(RETRY_AFTER_S));
        send(response, 429, { message: 'Too many requests' });
        return;
      case 'reject_422':
        note(422);
        send(response, 422, shortage(body));
        return;
      case 'locked_409':
        note(409);
        send(response, 409, { message: 'Locked for stocktaking. Send it again afterwards.' });
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
        send(response, 410, { message: 'This endpoint is gone.' });
        return;
    }
  }
}

/** A refusal over the first item the export names, or over a made-up one. */
function shortage(body: z.infer<typeof Body>): Record<string, unknown> {
  const item = firstItem(body);
  const sku = item?.sku ?? 'NW-MUG-001';
  const needed = item?.quantity ?? 120;
  const available = Math.floor(needed * 0.4);
  return {
    exception_code: 'insufficient_inventory',
    exception_metadata: { shortfall: [{ sku, needed, available }] },
    message: `Only ${available} of ${needed} units of ${sku} are available.`,
  };
}

/** The first thing with a SKU anywhere in the body. */
function firstItem(value: unknown): z.infer<typeof Item> | null {
  const item = Item.safeParse(value);
  if (item.success) return item.data;
  if (typeof value !== 'object' || value === null) return null;
  for (const part of Object.values(value)) {
    const found = firstItem(part);
    if (found) return found;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
