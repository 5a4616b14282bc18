import { toIso } from '../clock.ts';
import { decide } from '../exports/decide.ts';
import type { PersonId } from '../exports/ownership.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import type { SinkOutcome } from '../sinks/port.ts';
import type { Committed, OutboxRow, Task } from '../store/port.ts';
import type { FarSides } from './performed.ts';
import { contextOf, type Flow } from './settings.ts';

/** Operations by whose names a sink says that it keeps tasks. */
const TASK_OPERATIONS = { open: 'task.open', close: 'task.close' } as const;

/** Closes one task, by its id or its key, for a person or for the outside tracker `via`. */
export async function closeTask(
  flow: Flow,
  idOrKey: string,
  by: { closer: PersonId | null; via: string | null },
): Promise<Committed | Refusal> {
  const { via } = by;
  if (via !== null && !isTracker(flow, via)) {
    return refuse('not_allowed', { verb: 'close the task of', allowed: 'Sinks that take task.close' });
  }
  const task = await flow.ledger.task(idOrKey);
  if (!task) return refuse('no_task', { task: idOrKey });
  if (task.state === 'closed') {
    const name = flow.settings().directory.people.get(task.closed_by ?? '')?.name ?? task.closed_by;
    return refuse('task_closed', { who: name === null ? '' : ` by ${name}` });
  }
  return flow.ledger.update(task.export_id, flow.clock.now(), (state) =>
    decide(state, { do: 'close_task', task, ...by }, contextOf(flow)),
  );
}

function isTracker(flow: Flow, name: string): boolean {
  return flow.settings().sinks.some((sink) => sink.name === name && sink.accepts(TASK_OPERATIONS.close));
}

/** What a tracker is sent. The key never changes, so that a task is opened there once. */
function bodyOf(task: Task, flow: Flow) {
  const owner = flow.settings().directory.people.get(task.owner ?? '');
  return {
    task_id: task.id,
    key: task.key,
    kind: task.kind,
    state: task.state,
    title: task.title,
    role: task.role,
    owner: task.owner,
    owner_email: owner?.email ?? null,
    opened_at: toIso(task.opened_at),
    due_at: toIso(task.due_at),
    closed_at: task.closed_at === null ? null : toIso(task.closed_at),
    closed_by: task.closed_by,
  };
}

/** Tells every tracker of one task; ends as the worst of the answers, so that all of them are asked again. */
export async function track(flow: Flow, far: FarSides, row: OutboxRow): Promise<SinkOutcome> {
  const { effect } = row;
  const task = effect.kind === 'track' ? await flow.ledger.task(effect.task) : null;
  const state = await flow.ledger.get(row.export_id);
  let worst: SinkOutcome = { kind: 'delivered', reference: null };
  if (!task || !state || effect.kind !== 'track') return worst;
  const operation = TASK_OPERATIONS[effect.say];
  for (const sink of flow.settings().sinks) {
    if (!sink.accepts(operation) || task.closed_by === sink.name) continue;
    const outcome = await far.pusher.push({
      key: `${row.key}:${sink.name}`,
      sink: sink.name,
      operation,
      body: bodyOf(task, flow),
      attempt: row.attempts,
      aliases: {},
      cursor: null,
      facts: {},
      export: {
        export_id: state.id,
        export_type: state.revision?.export_type ?? 'unknown',
        intent: state.revision?.intent ?? 'notify',
        campaign_id: state.revision?.campaign_id ?? null,
        revision: state.revision?.number ?? 0,
        hash: state.revision?.hash ?? '',
        occurred_at: toIso(state.occurred_at),
        refresh: {},
        accepted_by: [],
      },
    });
    if (outcome.kind !== 'delivered' && worst.kind !== 'retry') worst = outcome;
  }
  return worst;
}
