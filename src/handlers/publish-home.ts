import type { WebClient } from '@slack/web-api';
import { homeView } from '../bot/home.ts';
import type { Person } from '../exports/ownership.ts';
import type { HandlerDeps } from './deps.ts';

/** Draws one person's day as it is now, or soon when Slack does not take it. `page` is from 0; one past the end shows the last. */
export async function publishHome(
  deps: HandlerDeps,
  client: WebClient,
  user: string,
  person: Person,
  page: number,
): Promise<void> {
  const day = await deps.desk.day(person.id, page);
  try {
    await client.views.publish({ user_id: user, view: homeView(person, day, deps.catalog) });
    deps.homes.shown(person.id, day.page);
  } catch (error) {
    deps.homes.owed(person.id, day.page);
    throw error;
  }
}
