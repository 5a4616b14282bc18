import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { SandboxClock } from '../clock.ts';
import type { SlackIds } from '../state/ids.ts';
import { ACK_MS, type Answer, type Kind, type Retry } from './kinds.ts';

const Ack = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

const PING_EVERY_MS = 5000;
const MAX_CONNECTIONS = 10;
/** After a refresh was announced the old connection still lives this long. */
const REFRESH_GRACE_MS = 10_000;
const GOODBYE_MS = 200;

type Connection = { n: number; socket: WebSocket; frozen: boolean; leaving: boolean };
type Waiting = { settle: (answer: Answer) => void };

/** Socket Mode's server side: tickets, connections, envelopes and their acknowledgements. */
export class SocketHub {
  #clock: SandboxClock;
  #ids: SlackIds;
  #appId: string;
  #onChange: () => void;
  #server = new WebSocketServer({ noServer: true, autoPong: false });
  #tickets = new Set<string>();
  #connections: Connection[] = [];
  #waiting = new Map<string, Waiting>();
  #turn = 0;
  #n = 0;
  #pings: NodeJS.Timeout;

  constructor(clock: SandboxClock, ids: SlackIds, appId: string, onChange: () => void) {
    this.#clock = clock;
    this.#ids = ids;
    this.#appId = appId;
    this.#onChange = onChange;
    this.#pings = setInterval(() => {
      for (const c of this.#connections) if (!c.frozen) c.socket.ping();
    }, PING_EVERY_MS);
    this.#pings.unref();
  }

  get size(): number {
    return this.#usable().length;
  }

  /** A one-use ticket for the address that `apps.connections.open` answers; null when ten are connected. */
  ticket(): string | null {
    if (this.#connections.length >= MAX_CONNECTIONS) return null;
    const ticket = this.#ids.secret(16);
    this.#tickets.add(ticket);
    return ticket;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    if (!this.#tickets.delete(url.searchParams.get('ticket') ?? '')) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#connected(ws));
  }

  deliver(kind: Kind, payload: Record<string, unknown>, retry: Retry | null): Promise<Answer> {
    const usable = this.#usable();
    this.#turn += 1;
    const connection = usable[this.#turn % Math.max(1, usable.length)];
    if (!connection) return Promise.resolve({ acked: false, reason: 'not_connected' });
    const envelope_id = crypto.randomUUID();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ACK_MS, () => settle({ acked: false, reason: 'timeout' }));
      const settle = (answer: Answer) => {
        cancel();
        this.#waiting.delete(envelope_id);
        resolve(answer);
      };
      this.#waiting.set(envelope_id, { settle });
      const attempt = { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' };
      this.#send(connection, {
        envelope_id,
        payload,
        type: kind,
        accepts_response_payload: kind !== 'events_api',
        ...(kind === 'events_api' ? attempt : {}),
      });
    });
  }

  /** Cuts every connection without a close frame. */
  drop(): void {
    for (const c of this.#connections) c.socket.terminate();
  }

  /** A frozen connection stays open and silent: no pings, no pongs, no envelopes, acknowledgements unread. */
  freeze(frozen: boolean): void {
    for (const c of this.#connections) c.frozen = frozen;
  }

  sendRaw(texts: readonly string[]): void {
    for (const c of this.#connections) for (const text of texts) c.socket.send(text);
  }

  /** Announces that Slack recycles the connections; nothing more is sent on them. */
  refresh(reason: 'refresh_requested' | 'warning' | 'link_disabled' = 'refresh_requested'): void {
    for (const c of this.#connections) {
      this.#send(c, { type: 'disconnect', reason, debug_info: { host: 'sandbox' } });
      if (reason === 'warning') continue;
      c.leaving = true;
      this.#clock.after(REFRESH_GRACE_MS, () => c.socket.close(1000));
    }
  }

  /** Says goodbye on every connection, and cuts those that do not answer within 200 ms. */
  async close(): Promise<void> {
    clearInterval(this.#pings);
    for (const { settle } of this.#waiting.values()) settle({ acked: false, reason: 'not_connected' });
    const gone = this.#connections.map(({ socket }) => {
      socket.close(1000);
      return new Promise((resolve) => {
        socket.once('close', resolve);
      });
    });
    await Promise.race([Promise.all(gone), pause(GOODBYE_MS)]);
    this.drop();
    this.#server.close();
  }

  #usable(): Connection[] {
    return this.#connections.filter((c) => !c.leaving && c.socket.readyState === c.socket.OPEN);
  }

  #connected(socket: WebSocket): void {
    this.#n += 1;
    const connection: Connection = { n: this.#n, socket, frozen: false, leaving: false };
    this.#connections.push(connection);
    socket.on('ping', (data: Buffer) => {
      if (!connection.frozen) socket.pong(data);
    });
    socket.on('message', (data: Buffer) => {
      if (!connection.frozen) this.#acknowledged(data.toString('utf8'));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#connections = this.#connections.filter((c) => c !== connection);
      this.#onChange();
    });
    this.#send(connection, {
      type: 'hello',
      num_connections: this.#connections.length,
      debug_info: { host: 'sandbox', approximate_connection_time: 3600 },
      connection_info: { app_id: this.#appId },
    });
    this.#onChange();
  }

  #acknowledged(text: string): void {
    const ack = Ack.safeParse(parseJson(text));
    if (!ack.success) return;
    const { envelope_id, payload } = ack.data;
    const empty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0;
    this.#waiting.get(envelope_id)?.settle({ acked: true, body: empty ? null : (payload ?? null) });
  }

  #send(connection: Connection, envelope: Record<string, unknown>): void {
    if (!connection.frozen) connection.socket.send(JSON.stringify(envelope));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
