export type Kind = 'events_api' | 'interactive' | 'slash_commands';

/** What the app said within 3 s. `body` is null for an empty acknowledgement. */
export type Answer =
  | { acked: true; body: unknown }
  | { acked: false; reason: 'timeout' | 'not_connected' | 'refused' };

export type Retry = { num: number; reason: 'http_timeout' | 'http_error' | 'timeout' };

/** How long Slack waits for an acknowledgement. */
export const ACK_MS = 3000;
