import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import { names, resolvers } from './gates.ts';
import type { PersonId } from './ownership.ts';
import { refuse } from './refusals.ts';
import type { Export } from './state.ts';

/** Its owner, everybody in its role, whoever may settle the export, and on-call; or the outside tracker that keeps it. */
export function closeTask(
  state: Export,
  { task, closer, via }: Extract<Command, { do: 'close_task' }>,
  { directory }: Context,
): Decision {
  const { key, title } = task;
  if (closer === null) return { events: [{ type: 'task_closed', key, title, by: null, via }] };
  const person = directory.people.get(closer);
  if (!person) return refuse('unknown_person');
  if (!person.active) return refuse('inactive_person');
  const everyone = [
    task.owner,
    ...(directory.roles.get(task.role)?.members ?? []),
    ...resolvers(state, directory),
    ...directory.on_call.people,
  ].filter((id): id is PersonId => id !== null && directory.people.get(id)?.active === true);
  const allowed = [...new Set(everyone)];
  if (!allowed.includes(closer)) {
    return refuse('not_allowed', { verb: 'close the task of', allowed: names(allowed, directory) });
  }
  return { events: [{ type: 'task_closed', key, title, by: closer, via: null }] };
}
