import type { SandboxClock } from '../clock.ts';
import type { HttpTarget } from './http.ts';
import { postSigned, verifyUrl } from './http.ts';
import type { Answer, Kind, Retry } from './kinds.ts';
import type { SocketHub } from './socket.ts';

export type Delivered = {
  n: number;
  kind: Kind;
  payload: Record<string, unknown>;
  at: number;
  transport: 'socket' | 'http';
  retry: number;
  acked: boolean | null;
};

/** An event that is not acknowledged comes again at once, after a minute and after five. */
const RETRY_AFTER_MS = [0, 60_000, 300_000];
const KEPT = 5000;

/** Sends payloads to the app, by Socket Mode or by signed HTTP, and remembers what it sent. */
export class Delivery {
  readonly sockets: SocketHub;
  #clock: SandboxClock;
  #http: HttpTarget | null;
  #onStateChange: () => void;
  #verified = false;
  #log: Delivered[] = [];
  #n = 0;

  constructor(clock: SandboxClock, sockets: SocketHub, http: HttpTarget | null, onStateChange: () => void) {
    this.#clock = clock;
    this.sockets = sockets;
    this.#http = http;
    this.#onStateChange = onStateChange;
  }

  get connected(): boolean {
    return this.#http ? this.#verified : this.sockets.size > 0;
  }

  /** From now on payloads go by HTTP (or, with null, by Socket Mode again). */
  useHttp(target: HttpTarget | null): void {
    this.#http = target;
    this.#verified = false;
    this.#onStateChange();
  }

  /** Slack's `url_verification` handshake; false when the app does not echo the challenge. */
  async verifyUrl(challenge: string, token: string): Promise<boolean> {
    if (!this.#http) return false;
    this.#verified = await verifyUrl(this.#http, challenge, token, this.#clock);
    this.#onStateChange();
    return this.#verified;
  }

  /** Delivers an interaction or a command: once, because Slack does not retry these. */
  deliver(kind: Kind, payload: Record<string, unknown>): Promise<Answer> {
    return this.#attempt(kind, payload, null);
  }

  /** Delivers an event; the retries after the first attempt go on by themselves. */
  event(payload: Record<string, unknown>): Promise<Answer> {
    return this.#eventAttempt(payload, 0, null);
  }

  list(filter: { kind?: Kind; type?: string } = {}): Delivered[] {
    return this.#log.filter((d) => {
      const kindFits = filter.kind === undefined || d.kind === filter.kind;
      return kindFits && (filter.type === undefined || payloadType(d) === filter.type);
    });
  }

  clearLog(): void {
    this.#log = [];
  }

  /** Delivers a logged payload again, as Slack sometimes does. */
  redeliver(n: number): Promise<Answer> {
    const entry = this.#log.find((d) => d.n === n);
    if (!entry) throw new RangeError(`No delivery ${n} is in the log.`);
    return this.#attempt(entry.kind, entry.payload, null);
  }

  async #eventAttempt(
    payload: Record<string, unknown>,
    attempt: number,
    reason: Retry['reason'] | null,
  ): Promise<Answer> {
    const answer = await this.#attempt('events_api', payload, reason ? { num: attempt, reason } : null);
    const wait = RETRY_AFTER_MS[attempt];
    if (answer.acked || wait === undefined || answer.reason === 'not_connected') return answer;
    const failed = answer.reason === 'timeout' ? (this.#http ? 'http_timeout' : 'timeout') : 'http_error';
    this.#clock.after(wait, () => void this.#eventAttempt(payload, attempt + 1, failed));
    return answer;
  }

  async #attempt(kind: Kind, payload: Record<string, unknown>, retry: Retry | null): Promise<Answer> {
    this.#n += 1;
    const entry: Delivered = {
      n: this.#n,
      kind,
      payload,
      at: this.#clock.now(),
      transport: this.#http ? 'http' : 'socket',
      retry: retry?.num ?? 0,
      acked: null,
    };
    this.#log.push(entry);
    if (this.#log.length > KEPT * 2) this.#log = this.#log.slice(-KEPT);
    const answer = this.#http
      ? await postSigned(this.#http, kind, payload, retry, this.#clock)
      : await this.sockets.deliver(kind, payload, retry);
    entry.acked = answer.acked;
    return answer;
  }
}

function payloadType(d: Delivered): unknown {
  const event = d.payload.event;
  if (typeof event === 'object' && event !== null && 'type' in event) return event.type;
  return d.payload.type ?? d.payload.command;
}
