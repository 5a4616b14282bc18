import type { App } from '@slack/bolt';
import { errorFacts } from '../bot/slack-log.ts';
import type { HandlerDeps } from './deps.ts';

/** Slack says so once; what it does not say, the look of `bot/card-watch.ts` finds. */
const LEFT = [
  'channel_archive',
  'channel_deleted',
  'channel_left',
  'group_archive',
  'group_deleted',
  'group_left',
] as const;

/** A card that was deleted, or whose channel is closed to the app, is shown again at once, while it is of use. */
export function registerLost(app: App, deps: HandlerDeps): void {
  const lost = async (channel: string, ts: string | null) => {
    try {
      await deps.onLost({ channel, ts });
    } catch (error) {
      deps.log.error(errorFacts(error), 'what was deleted in slack could not be shown again');
    }
  };
  app.event('message', async ({ event }) => {
    if (event.subtype === 'message_deleted') await lost(event.channel, event.deleted_ts);
    // Of a message with replies Slack leaves a stone in its place, and calls that a change.
    if (event.subtype === 'message_changed' && isStone(event.message))
      await lost(event.channel, event.message.ts);
  });
  for (const type of LEFT) app.event(type, ({ event }) => lost(event.channel, null));
}

function isStone(message: object): boolean {
  return 'subtype' in message && message.subtype === 'tombstone';
}
