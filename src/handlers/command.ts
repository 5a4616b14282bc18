import type { App } from '@slack/bolt';
import type { Person } from '../exports/ownership.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { answered, isNew, type Outcome } from './listen.ts';
import { type Asker, trusted } from './reply.ts';

/** A slash command, by a person who is known and active. */
export type Typed = Asker & { person: Person; team: string; text: string };

/** One command: acknowledged first, once, answered to whoever typed it alone. */
export function onCommand(
  app: App,
  deps: HandlerDeps,
  name: `/${string}`,
  run: (typed: Typed) => Promise<Outcome>,
): void {
  app.command(name, async ({ ack, command, client, respond }) => {
    await ack();
    const asker: Asker = {
      client,
      log: deps.log,
      user: command.user_id,
      trigger_id: command.trigger_id,
      place: {
        kind: 'message',
        channel: command.channel_id,
        thread_ts: null,
        respond: trusted(command.response_url, respond, client),
      },
    };
    await answered(asker, async () => {
      if (!(await isNew(deps, command.trigger_id))) return 'shown';
      const person = await deps.desk.whoIs({ team: command.team_id, user: command.user_id });
      if (isRefusal(person)) return person;
      return run({ ...asker, person, team: command.team_id, text: command.text.trim() });
    });
  });
}
