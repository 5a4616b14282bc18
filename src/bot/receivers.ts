import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import type { Clock, Ids } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SlackRequest, SlackResponse } from './guard.ts';
import { HttpReceiver } from './http-receiver.ts';
import { slackFetch } from './slack-fetch.ts';
import type { SlackLine } from './slack-line.ts';
import { SocketReceiver } from './socket-receiver.ts';

export type ReceiverOptions = {
  /** Socket Mode when present. */
  appToken: string | null;
  /** HTTP needs it; Socket Mode does not. */
  signingSecret: string | null;
  /** Null for Slack's own. */
  apiUrl: string | null;
  /** What Slack is called through; every client of the app shares one. */
  fetch?: FetchFunction;
  clock: Clock;
  ids: Ids;
  log: Log;
};

/** What Bolt asks of a receiver, and what stopping in good order and the health page ask. */
export interface Inlet extends Receiver {
  /** Takes nothing new in, while running listeners can still acknowledge. */
  pause(): void;
  connected(): boolean;
  /** UTC ms of the last thing Slack sent; null before the first. */
  lastInboundAt(): number | null;
  line(): SlackLine;
}

/** `process` is the HTTP entry, null in Socket Mode. @throws when neither way in is configured. */
export function chooseInlet(options: ReceiverOptions): {
  inlet: Inlet;
  process: ((request: SlackRequest) => Promise<SlackResponse>) | null;
} {
  const { fetch = slackFetch(null) } = options;
  if (options.appToken !== null) {
    return { inlet: new SocketReceiver({ ...options, fetch, appToken: options.appToken }), process: null };
  }
  if (options.signingSecret === null) {
    throw new Error('Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.');
  }
  const http = new HttpReceiver({ ...options, signingSecret: options.signingSecret });
  return { inlet: http, process: (request) => http.process(request) };
}
