import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toIso } from '../clock.ts';
import { plainWords } from '../exports/plain-words.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import { Role } from '../exports/words.ts';
import type { Task } from '../store/port.ts';
import type { WebDeps } from './deps.ts';
import { badShape, problemOf, sendProblem } from './problems.ts';
import { createReaders } from './reads.ts';
import { checkReplay } from './signed.ts';
import { postSigned, type SignedDoor } from './signed-post.ts';

const Word = z.string().min(1).max(200);

/** What `GET /v1/tasks` can be narrowed by. */
export const TaskQuery = z.strictObject({
  state: z.enum(['open', 'closed']).default('open'),
  export_id: Word.optional(),
  owner: Word.optional(),
  role: Role.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type TaskQuery = z.infer<typeof TaskQuery>;

const Instant = z.iso.datetime();

export const TaskView = z.strictObject({
  task_id: z.string(),
  key: z.string(),
  export_id: z.string(),
  kind: z.string(),
  role: Role,
  owner: z.string().nullable(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  opened_at: Instant,
  due_at: Instant,
  closed_at: Instant.nullable(),
  closed_by: z.string().nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

export const TaskList = z.strictObject({ tasks: z.array(TaskView) });
export const TaskClosed = z.strictObject({ task: z.string(), state: z.literal('closed') });

function taskView({ id, opened_at, due_at, closed_at, ...task }: Task): TaskView {
  return {
    task_id: id,
    ...task,
    opened_at: toIso(opened_at),
    due_at: toIso(due_at),
    closed_at: closed_at === null ? null : toIso(closed_at),
  };
}

function filterOf({ state, limit, ...rest }: TaskQuery): Parameters<WebDeps['reader']['tasks']>[0] {
  const { export_id, owner, role } = rest;
  return {
    state,
    limit,
    ...(export_id === undefined ? {} : { export_id }),
    ...(owner === undefined ? {} : { owner }),
    ...(role === undefined ? {} : { role }),
  };
}

/** Tasks for bearer tokens with the scope `exports:read`, and an outside tracker's word that one is done. */
export function registerTasks(door: SignedDoor): void {
  const { app, deps } = door;
  const check = createReaders(deps.sources);
  app.get(
    '/v1/tasks',
    {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        const problem = check(request.headers.authorization, 'exports:read');
        return problem ? sendProblem(reply, problem) : undefined;
      },
    },
    async (request, reply) => {
      const query = TaskQuery.safeParse(request.query, { error: plainWords });
      if (!query.success) return sendProblem(reply, badShape(query.error));
      const tasks = await deps.reader.tasks(filterOf(query.data));
      return reply.send({ tasks: tasks.map(taskView) });
    },
  );

  postSigned(door, '/v1/tasks/:id/close', 'sink', async ({ signed, id, hash }, reply) => {
    if ((await checkReplay(deps, 'sink', signed, hash)) === 'other') {
      return sendProblem(reply, problemOf(refuse('replayed')));
    }
    const outcome = await deps.closeTask(id, signed.name);
    // What is closed already is as the tracker wants it, so that its retries end.
    if (isRefusal(outcome) && outcome.refused !== 'task_closed') {
      return sendProblem(reply, problemOf(outcome));
    }
    return reply.send({ task: id, state: 'closed' });
  });
}
