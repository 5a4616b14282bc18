import type { App, Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import { type Clock, type Ids, sleep } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SlackLine } from './slack-line.ts';
import { SocketLine } from './socket-line.ts';

/** Two connections: Slack sends each payload to one of them, and the other carries on when one goes. */
const LINES = 2;
const FIRST_DELAY_MS = 250;
/** Spares a Slack that is down, and is soon back after it. */
const MAX_DELAY_MS = 8_000;

type Deps = {
  appToken: string;
  apiUrl: string | null;
  fetch: FetchFunction;
  clock: Clock;
  ids: Ids;
  log: Log;
};

/** Socket Mode that comes back by itself, whatever ended a connection. */
export class SocketReceiver implements Receiver {
  #app: App | null = null;
  #lines = new Set<SocketLine>();
  #stopped = true;
  #lastInboundAt: number | null = null;
  #since: number;
  #wasConnected = false;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Resolves after the first attempt of each line, up or not; further ones go on behind. */
  async start(): Promise<void> {
    const app = this.#app;
    if (!app) throw new Error('SocketReceiver was started before Bolt had taken it.');
    this.#stopped = false;
    await Promise.all(
      Array.from({ length: LINES }, () => new Promise<void>((tried) => void this.#keep(app, tried))),
    );
  }

  /** Nothing more is taken in, while running listeners can still acknowledge and answer. */
  pause(): void {
    for (const line of this.#lines) line.pause();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    for (const line of this.#lines) line.close();
    this.#lines.clear();
    return Promise.resolve();
  }

  connected(): boolean {
    return [...this.#lines].some((line) => line.live);
  }

  lastInboundAt(): number | null {
    return this.#lastInboundAt;
  }

  line(): SlackLine {
    return {
      mode: 'socket',
      connected: this.connected(),
      connections: [...this.#lines].filter((line) => line.live).length,
      since: this.#since,
      last_inbound_at: this.#lastInboundAt,
    };
  }

  #noteChange(): void {
    if (this.connected() === this.#wasConnected) return;
    this.#wasConnected = !this.#wasConnected;
    this.#since = this.#deps.clock.now();
  }

  /** Keeps one line up until `stop`: at once after a line that worked, with growing waits after failures. */
  async #keep(app: App, tried: () => void): Promise<void> {
    const { clock, ids } = this.#deps;
    for (let failures = 0; !this.#stopped; ) {
      const line = new SocketLine({
        ...this.#deps,
        app,
        onInbound: () => {
          this.#lastInboundAt = clock.now();
        },
      });
      this.#lines.add(line);
      const up = await line.opened;
      this.#noteChange();
      tried();
      if (up) await line.over;
      this.#noteChange();
      for (const old of this.#lines) if (old.closed) this.#lines.delete(old);
      failures = up ? 0 : failures + 1;
      const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
      if (!this.#stopped) await sleep(clock, longest * (0.5 + ids.random() / 2));
    }
  }
}
