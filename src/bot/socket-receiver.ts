import type { App, Receiver } from '@slack/bolt';
import { type Clock, type Ids, sleep } from '../clock.ts';
import type { Log } from '../log.ts';
import { SocketLine } from './socket-line.ts';

/** Two connections: Slack sends each payload to one of them, and the other carries on when one goes. */
const LINES = 2;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;

/** Socket Mode that comes back by itself, whatever ended a connection. */
export class SocketReceiver implements Receiver {
  #app: App | null = null;
  #lines = new Set<SocketLine>();
  #stopped = true;
  #lastInboundAt: number | null = null;
  readonly #deps: { appToken: string; apiUrl: string | null; clock: Clock; ids: Ids; log: Log };

  constructor(deps: { appToken: string; apiUrl: string | null; clock: Clock; ids: Ids; log: Log }) {
    this.#deps = deps;
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
      tried();
      if (up) await line.over;
      for (const old of this.#lines) if (old.closed) this.#lines.delete(old);
      failures = up ? 0 : failures + 1;
      const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
      if (!this.#stopped) await sleep(clock, longest * (0.5 + ids.random() / 2));
    }
  }
}
