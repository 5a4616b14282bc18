import type { App, Receiver } from '@slack/bolt';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { checkRequest, ReplayMemory, type SlackRequest, type SlackResponse } from './guard.ts';
import type { SlackLine } from './slack-line.ts';
import { errorFacts } from './slack-log.ts';

/** Slack waits three seconds; an answer after this is one it may never see. */
const ANSWER_WITHIN_MS = 2_800;

/**
 * Slack over HTTP without a server of its own: whoever owns the route hands in the raw request and
 * sends what `process` gives. Never rejects.
 */
export class HttpReceiver implements Receiver {
  #app: App | null = null;
  #open = false;
  #since: number;
  #lastInboundAt: number | null = null;
  #replays = new ReplayMemory();
  readonly #deps: { signingSecret: string; clock: Clock; log: Log };

  constructor(deps: { signingSecret: string; clock: Clock; log: Log }) {
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    this.#open = true;
    this.#since = this.#deps.clock.now();
    return Promise.resolve();
  }

  /** From now on Slack is told to try later; listeners that run go on. */
  pause(): void {
    this.#open = false;
  }

  stop(): Promise<void> {
    this.pause();
    return Promise.resolve();
  }

  connected(): boolean {
    return this.#open;
  }

  lastInboundAt(): number | null {
    return this.#lastInboundAt;
  }

  line(): SlackLine {
    const [connected, last_inbound_at] = [this.#open, this.#lastInboundAt];
    return { mode: 'http', connected, connections: 0, since: this.#since, last_inbound_at };
  }

  async process(request: SlackRequest): Promise<SlackResponse> {
    const app = this.#app;
    if (!this.#open || !app) {
      return { ...said(503, 'Meshline is starting or stopping.'), headers: { ...TEXT, 'retry-after': '10' } };
    }
    const checked = checkRequest({ ...this.#deps, replays: this.#replays }, request);
    if ('status' in checked) {
      if (checked.status >= 400) this.#deps.log.warn({ status: checked.status }, 'slack request refused');
      return checked;
    }
    this.#lastInboundAt = this.#deps.clock.now();
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ANSWER_WITHIN_MS, () => {
        this.#deps.log.error({}, 'slack request not acknowledged in time');
        resolve(said(503, 'This was not acknowledged in time.'));
      });
      const finish = (response: SlackResponse) => {
        cancel();
        resolve(response);
      };
      app
        .processEvent({
          body: checked.body,
          ack: (payload?: unknown) => {
            finish(acknowledgement(payload));
            return Promise.resolve();
          },
          ...(checked.retryNum === null ? {} : { retryNum: checked.retryNum }),
          ...(checked.retryReason === null ? {} : { retryReason: checked.retryReason }),
        })
        .then(
          () => finish(said(404, 'Nothing here listens to this.')),
          (error: unknown) => {
            this.#deps.log.error(errorFacts(error), 'slack request failed');
            finish(said(500, 'Something went wrong here and was logged.'));
          },
        );
    });
  }
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

function said(status: number, body: string): SlackResponse {
  return { status, headers: TEXT, body };
}

function acknowledgement(payload: unknown): SlackResponse {
  if (payload === undefined || payload === null || payload === '') {
    return { status: 200, headers: {}, body: '' };
  }
  if (typeof payload === 'string') {
    return said(200, payload);
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(payload),
  };
}
