import type { Receiver } from '@slack/bolt';
import type { Clock, Ids } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SlackRequest, SlackResponse } from './guard.ts';
import { HttpReceiver } from './http-receiver.ts';
import { SocketReceiver } from './socket-receiver.ts';

export type ReceiverOptions = {
  /** Socket Mode when present. */
  appToken: string | null;
  /** HTTP needs it; Socket Mode does not. */
  signingSecret: string | null;
  /** Null for Slack's own. */
  apiUrl: string | null;
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
}

/** `process` is the HTTP entry, null in Socket Mode. @throws when neither way in is configured. */
export function chooseInlet(options: ReceiverOptions): {
  inlet: Inlet;
  process: ((request: SlackRequest) => Promise<SlackResponse>) | null;
} {
  if (options.appToken !== null) {
    return { inlet: new SocketReceiver({ ...options, appToken: options.appToken }), process: null };
  }
  if (options.signingSecret === null) {
    throw new Error('Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.');
  }
  const http = new HttpReceiver({ ...options, signingSecret: options.signingSecret });
  return { inlet: http, process: (request) => http.process(request) };
}
