import { type FetchFunction, WebClient } from '@slack/web-api';
import type { Log } from '../log.ts';
import { interactiveOptions } from './app.ts';
import { slackFetch } from './slack-fetch.ts';
import { boltLogger } from './slack-log.ts';

export type Clients = {
  /** For the outbox: one try, no hidden waiting; the outbox knows when to come again. */
  posting: WebClient;
  /** For what answers a click, where a person is waiting. */
  interactive: WebClient;
};

const POSTING_TIMEOUT_MS = 8_000;

/**
 * Slack's defaults would retry for half an hour, wait for ever, and stop every channel for the 429
 * of one. `headers` is never set: the library would write the first token into it.
 */
export function createClients(options: {
  token: string;
  slack_api_url?: string | undefined;
  fetch?: FetchFunction;
  log: Log;
}): Clients {
  const { token, slack_api_url, fetch = slackFetch(null) } = options;
  const logger = boltLogger(options.log);
  return {
    posting: new WebClient(token, {
      ...(slack_api_url === undefined ? {} : { slackApiUrl: slack_api_url }),
      logger,
      fetch,
      allowAbsoluteUrls: false,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: POSTING_TIMEOUT_MS,
    }),
    interactive: new WebClient(token, { ...interactiveOptions(slack_api_url ?? null, fetch), logger }),
  };
}
