import { App } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { sleep } from '../clock.ts';
import type { SlackRequest, SlackResponse } from './guard.ts';
import { chooseInlet, type ReceiverOptions } from './receivers.ts';
import { CALL_TIMEOUT_MS, slackFetch } from './slack-fetch.ts';
import type { SlackLine } from './slack-line.ts';
import { boltLogger, errorFacts } from './slack-log.ts';

export type SlackOptions = ReceiverOptions & {
  botToken: string;
  /** Adds the listeners: `registerHandlers` of `src/handlers`. */
  register: (app: App) => void;
  /** Told whose bot token it is, once Slack says so; before `start` resolves when Slack answers at once. */
  onWorkspace?: (workspace: { team: string; name: string }) => Promise<void>;
  /** Told how many milliseconds each acknowledgement took. */
  onAck?: (ms: number) => void;
};

export interface SlackInput {
  /** Resolves after the first attempt to connect, whether it worked or not; it never gives up by itself. */
  start(): Promise<void>;
  /** Takes nothing more in, waits at most eight seconds for running listeners, and closes. */
  stop(): Promise<void>;
  connected(): boolean;
  /** UTC ms of the last thing Slack sent; null before the first. */
  lastInboundAt(): number | null;
  line(): SlackLine;
  /** For the route `/slack/events`; null in Socket Mode. Never rejects. */
  http: ((request: SlackRequest) => Promise<SlackResponse>) | null;
  /** For interaction and look-ups only: short timeout, one retry. Posts go through the outbox. */
  client: WebClient;
}

const DRAIN_MS = 8_000;
const IDENTITY_RETRY_MS = 30_000;

/** A client for answering people: it fails fast, because a late answer is none. */
export function interactiveOptions(apiUrl: string | null, fetch = slackFetch(null)): WebClientOptions {
  return {
    retryConfig: { retries: 1, minTimeout: 200, maxTimeout: 200 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    fetch,
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  };
}

export function createSlack(options: SlackOptions): SlackInput {
  const { clock, log, botToken } = options;
  const { inlet, process } = chooseInlet(options);
  const calling = interactiveOptions(options.apiUrl, options.fetch);
  const client = new WebClient(botToken, { ...calling, logger: boltLogger(log) });
  let bot: { botId?: string; botUserId?: string } = {};
  let running = 0;
  let stopped = false;
  let idle: () => void = () => undefined;

  const app = new App({
    receiver: inlet,
    // Bolt's own authorization awaits auth.test before the ack, and rejects unhandled when Slack is down.
    authorize: () => Promise.resolve({ botToken, ...bot }),
    clientOptions: calling,
    logger: boltLogger(log),
    convoStore: false,
  });
  app.use(async ({ next }) => {
    running += 1;
    try {
      await next();
    } finally {
      running -= 1;
      if (running === 0) idle();
    }
  });
  // Listeners answer people and catch for themselves; what still comes here is a bug of ours.
  app.error((error) => {
    log.error(errorFacts(error), 'slack listener failed');
    return Promise.resolve();
  });
  options.register(app);
  const processEvent = app.processEvent.bind(app);
  app.processEvent = (event) => {
    const began = clock.monotonic();
    const ack: typeof event.ack = async (response) => {
      await event.ack(response);
      options.onAck?.(clock.monotonic() - began);
    };
    return processEvent({ ...event, ack });
  };

  /** Bolt uses the bot's ids only to ignore the bot's own events, so nothing waits for them. */
  async function learnIdentity(tried: () => void): Promise<void> {
    while (!stopped) {
      try {
        const { bot_id, user_id, team_id, team } = await client.auth.test();
        bot = { ...(bot_id ? { botId: bot_id } : {}), ...(user_id ? { botUserId: user_id } : {}) };
        if (team_id) await options.onWorkspace?.({ team: team_id, name: team ?? team_id });
        return tried();
      } catch (error) {
        log.warn(errorFacts(error), 'slack does not accept the bot token yet');
        tried();
        await sleep(clock, IDENTITY_RETRY_MS);
      }
    }
  }

  return {
    async start() {
      stopped = false;
      await Promise.all([new Promise<void>((tried) => void learnIdentity(tried)), inlet.start()]);
    },
    async stop() {
      stopped = true;
      inlet.pause();
      const drained = new Promise<void>((resolve) => {
        idle = resolve;
        if (running === 0) resolve();
      });
      await Promise.race([drained, sleep(clock, DRAIN_MS)]);
      if (running > 0) log.warn({ running }, 'slack listeners were cut off');
      await inlet.stop();
    },
    connected: () => inlet.connected(),
    lastInboundAt: () => inlet.lastInboundAt(),
    line: () => inlet.line(),
    http: process,
    client,
  };
}
