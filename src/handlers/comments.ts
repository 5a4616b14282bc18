import type { App } from '@slack/bolt';
import { asSaid } from '../bot/said.ts';
import { errorFacts } from '../bot/slack-log.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { isNew } from './listen.ts';

/** What people write in the thread of a card is kept with its export. Bots, edits and every other message are not. */
export function registerComments(app: App, deps: HandlerDeps): void {
  app.event('message', async ({ event, body }) => {
    try {
      const reply = 'thread_ts' in event && 'text' in event ? event : null;
      const plain = event.subtype === undefined || event.subtype === 'thread_broadcast';
      if (!plain || !reply || !('user' in reply) || 'bot_id' in reply) return;
      const { text, thread_ts, user, ts, channel } = reply;
      if (!text || !thread_ts || !user || thread_ts === ts) return;
      const exportId = await deps.desk.cardAt(channel, thread_ts);
      if (exportId === null || !(await isNew(deps, body.event_id))) return;
      const team = 'team' in reply ? reply.team : undefined;
      const person = await deps.desk.whoIs({ team: team ?? body.team_id, user });
      if (isRefusal(person)) return;
      const shown = await deps.desk.show(exportId);
      if (isRefusal(shown)) return;
      await deps.desk.comment(exportId, person.id, asSaid(text, shown.directory));
    } catch (error) {
      deps.log.error(errorFacts(error), 'slack comment was not recorded');
    }
  });
}
