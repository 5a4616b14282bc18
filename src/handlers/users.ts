import type { App } from '@slack/bolt';
import { errorFacts } from '../bot/slack-log.ts';
import type { HandlerDeps } from './deps.ts';
import { isNew } from './listen.ts';

/** Somebody joined, left, or became a guest: the directory must know before they click again. */
export function registerUsers(app: App, deps: HandlerDeps): void {
  for (const type of ['user_change', 'team_join'] as const) {
    app.event(type, async ({ event, body }) => {
      try {
        if (!(await isNew(deps, body.event_id))) return;
        const { user } = event;
        await deps.onUserChange({
          team: user.team_id ?? body.team_id,
          user: user.id,
          deleted: user.deleted === true,
          restricted: user.is_restricted === true || user.is_ultra_restricted === true,
        });
      } catch (error) {
        deps.log.error(errorFacts(error), 'slack user change was not recorded');
      }
    });
  }
}
