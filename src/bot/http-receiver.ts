import type { App, Receiver } from '@slack/bolt';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { checkRequest, ReplayMemory, type SlackRequest, type SlackResponse } from './guard.ts';
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
  #lastInboundAt: number | null = null;
  #replays = new ReplayMemory();
  readonly #deps: { signingSecret: string; clock: Clock; log: Log };

  constructor(deps: { signingSecret: string; clock: Clock; log: Log }) {
    this.#deps = deps;
  }

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    this.#open = true;
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

  async process(request: SlackRequest): Promise<SlackResponse> {
    const app = this.#app;
    if (!this.#open || !app) return { status: 503, headers: { 'retry-after': '10' }, body: '' };
    const checked = checkRequest({ ...this.#deps, replays: this.#replays }, request);
    if ('status' in checked) {
      if (checked.status >= 400) this.#deps.log.warn({ status: checked.status }, 'slack request refused');
      return checked;
    }
    this.#lastInboundAt = this.#deps.clock.now();
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ANSWER_WITHIN_MS, () => {
        this.#deps.log.error({}, 'slack request not acknowledged in time');
        resolve({ status: 503, headers: {}, body: '' });
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
          () => finish({ status: 404, headers: {}, body: '' }),
          (error: unknown) => {
            this.#deps.log.error(errorFacts(error), 'slack request failed');
            finish({ status: 500, headers: {}, body: '' });
          },
        );
    });
  }
}

function acknowledgement(payload: unknown): SlackResponse {
  if (payload === undefined || payload === null || payload === '') {
    return { status: 200, headers: {}, body: '' };
  }
  if (typeof payload === 'string') {
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: payload };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(payload),
  };
}
