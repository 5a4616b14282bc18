/** How Slack reaches Meshline. */
export type SlackLine = {
  mode: 'socket' | 'http';
  connected: boolean;
  /** Connections that are up; a living one is never silent for ten seconds. */
  connections: number;
  /** Since when it has been connected, or not been; UTC ms. */
  since: number;
  /** The last event, click or command; null before the first. UTC ms. */
  last_inbound_at: number | null;
};
