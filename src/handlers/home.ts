import type { App, BlockButtonAction } from '@slack/bolt';
import type { HomeView, WebClient } from '@slack/web-api';
import { plainText } from '../bot/blocks.ts';
import { ACTION, decodePage } from '../bot/ids.ts';
import { LIMIT } from '../bot/limits.ts';
import { errorFacts } from '../bot/slack-log.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { answered, isNew, placeOf, teamOf } from './listen.ts';
import { publishHome } from './publish-home.ts';

/** App Home: drawn when it is opened, turned page by page. */
export function registerHome(app: App, deps: HandlerDeps): void {
  app.event('app_home_opened', async ({ event, body, client }) => {
    try {
      if (event.tab !== 'home' || !(await isNew(deps, body.event_id))) return;
      await draw(deps, client, { team: body.team_id, user: event.user }, 0);
    } catch (error) {
      deps.log.error(errorFacts(error), 'slack home could not be drawn');
    }
  });

  for (const action_id of [ACTION.homeBack, ACTION.homeOn]) {
    app.action<BlockButtonAction>(
      { type: 'block_actions', action_id },
      async ({ ack, body, action, client }) => {
        await ack();
        const { user, trigger_id } = body;
        const asker = { client, log: deps.log, user: user.id, trigger_id, place: placeOf(body, null) };
        await answered(asker, async () => {
          await draw(deps, client, { team: teamOf(body), user: user.id }, decodePage(action.value));
          return 'shown';
        });
      },
    );
  }
}

async function draw(
  deps: HandlerDeps,
  client: WebClient,
  account: { team: string; user: string },
  page: number,
): Promise<void> {
  const person = await deps.desk.whoIs(account);
  if (!isRefusal(person)) {
    await publishHome(deps, client, account.user, person, page);
    return deps.desk.homeOpened(person.id);
  }
  await client.views.publish({ user_id: account.user, view: stranger(sentence(person)) });
}

function stranger(said: string): HomeView {
  return { type: 'home', blocks: [{ type: 'section', text: plainText(said, LIMIT.section) }] };
}
