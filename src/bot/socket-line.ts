import type { Socket } from 'node:net';
import { type App, SocketModeReceiver } from '@slack/bolt';
import type { FetchFunction, WebClientOptions } from '@slack/web-api';
import { Agent, buildConnector } from 'undici';
import { z } from 'zod';
import { type Clock, sleep } from '../clock.ts';
import type { Log } from '../log.ts';
import { BODY_LIMIT, isCheckedBody } from './guard.ts';
import { boltLogger, errorFacts } from './slack-log.ts';

export type LineOptions = {
  app: App;
  appToken: string;
  apiUrl: string | null;
  fetch: FetchFunction;
  clock: Clock;
  log: Log;
  /** An event, a click or a command came. */
  onInbound: () => void;
};

/** The client pings every 1.7 s, so a living connection is never silent for this long. */
const SILENCE_MS = 8_000;
const OPEN_WITHIN_MS = 10_000;
const CHECK_EVERY_MS = 1_000;

/** A line that Slack is about to recycle stays open this long, so that running listeners can still acknowledge. */
const RETIRE_AFTER_MS = 8_000;

const Envelope = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['events_api', 'interactive', 'slash_commands']), payload: z.unknown() }),
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('disconnect'), reason: z.string().max(80).optional() }),
]);

/**
 * One Socket Mode connection from opening to end; it never reconnects by itself. The library's own
 * reconnecting waits 5 s and turns `invalid_auth` into an unhandled rejection, so it is switched off.
 */
export class SocketLine {
  /** True once Slack said hello; false when it did not come to that. */
  readonly opened: Promise<boolean>;
  /** Resolves when a new line is needed: closed, silent, or about to be recycled. */
  readonly over: Promise<void>;
  #end: () => void = () => undefined;
  #socket: Socket | null = null;
  #receiver: SocketModeReceiver;
  #agent: Agent;
  #live = false;
  #accepting = true;
  #closed = false;
  readonly #options: LineOptions;

  constructor(options: LineOptions) {
    this.#options = options;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#agent = this.#ownSocket();
    this.#receiver = this.#connect();
    this.opened = this.#open();
  }

  get live(): boolean {
    return this.#live;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing more is taken in; what runs can still acknowledge. */
  pause(): void {
    this.#accepting = false;
  }

  /** Says goodbye if the peer still listens, and cuts the connection whether or not it answers. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pause();
    this.#live = false;
    void this.#receiver.client.disconnect().catch(() => undefined);
    this.#socket?.destroySoon();
    void this.#agent.destroy().catch(() => undefined);
    this.#end();
  }

  /** Keeps the TCP socket in hand: the library hides it, and a peer that stopped answering must be cut off. */
  #ownSocket(): Agent {
    const connect = buildConnector({ allowH2: false });
    return new Agent({
      connect: (options, callback) => {
        connect(options, (...result) => {
          this.#socket = result[1];
          callback(...result);
        });
      },
    });
  }

  #connect(): SocketModeReceiver {
    const { app, appToken, apiUrl, fetch, log } = this.#options;
    const clientOptions: WebClientOptions = {
      fetch,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 5_000,
      ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    };
    const receiver = new SocketModeReceiver({
      appToken,
      autoReconnectEnabled: false,
      dispatcher: this.#agent,
      logger: boltLogger(log),
      installerOptions: { clientOptions },
      processEventErrorHandler: ({ error }) => {
        log.error(errorFacts(error), 'slack request failed');
        return Promise.resolve(true);
      },
    });
    receiver.init(app);
    const { client } = receiver;
    const [handle] = client.listeners('ws_message');
    client.removeAllListeners('ws_message');
    client.on('ws_message', (data: unknown, isBinary: boolean) => {
      if (typeof data === 'string' && this.#admits(data)) handle?.(data, isBinary);
    });
    client.on('disconnected', () => this.close());
    return receiver;
  }

  /** Only envelopes of a known shape reach the library, which would throw out of an async handler on others. */
  #admits(data: string): boolean {
    const { log, onInbound } = this.#options;
    const envelope = Envelope.safeParse(parseJson(data));
    if (!envelope.success || data.length > BODY_LIMIT) {
      log.warn({ size: data.length }, 'slack envelope refused');
      return false;
    }
    switch (envelope.data.type) {
      case 'hello':
        return true;
      case 'disconnect':
        this.#retire(envelope.data.reason ?? 'unknown');
        return false;
      case 'events_api':
      case 'interactive':
      case 'slash_commands':
        if (!isCheckedBody(envelope.data.payload, envelope.data.type)) {
          log.warn({ type: envelope.data.type }, 'slack envelope refused');
          return false;
        }
        onInbound();
        return this.#accepting;
    }
  }

  /** Slack recycles connections hourly and says so: the next line opens while this one finishes. */
  #retire(reason: string): void {
    this.#options.log.info({ reason }, 'slack connection is being replaced');
    this.#live = false;
    this.#end();
    this.#options.clock.after(RETIRE_AFTER_MS, () => this.close());
  }

  async #open(): Promise<boolean> {
    const { clock, log } = this.#options;
    const started = this.#receiver.start().then(
      () => true,
      (error: unknown) => {
        log.warn(errorFacts(error), 'slack connection could not be opened');
        return false;
      },
    );
    const late = sleep(clock, OPEN_WITHIN_MS).then(() => false);
    this.#live = await Promise.race([started, late]);
    if (this.#live) this.#watch(this.#socket?.bytesRead ?? 0, clock.monotonic());
    else this.close();
    return this.#live;
  }

  #watch(bytes: number, since: number): void {
    const { clock, log } = this.#options;
    clock.after(CHECK_EVERY_MS, () => {
      if (!this.#live) return;
      const read = this.#socket?.bytesRead ?? 0;
      const now = clock.monotonic();
      if (read !== bytes) return this.#watch(read, now);
      if (now - since < SILENCE_MS) return this.#watch(bytes, since);
      log.warn({ silent_ms: Math.round(now - since) }, 'slack connection is silent, opening another');
      this.close();
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
