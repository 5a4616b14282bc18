import type { WebClient } from '@slack/web-api';
import { homeView } from '../bot/home.ts';
import type { Person } from '../exports/ownership.ts';
import type { HandlerDeps } from './deps.ts';

/** Far more than anyone reads; `homeView` shows it page by page. */
const MOST = 200;

/** Draws one person's inbox as it is now. `page` is from 0; one past the end shows the last. */
export async function publishHome(
  deps: HandlerDeps,
  client: WebClient,
  user: string,
  person: Person,
  page: number,
): Promise<void> {
  const items = await deps.desk.inbox(person.id, MOST);
  const view = homeView(person, items, deps.catalog, deps.clock.now(), page);
  await client.views.publish({ user_id: user, view });
}
