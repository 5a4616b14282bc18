import { z } from 'zod';
import { toIso } from '../clock.ts';
import { Envelope } from '../exports/envelope.ts';
import type { Recorded } from '../exports/events.ts';
import type { Export } from '../exports/state.ts';
import { GateMode, Intent, Role, Severity, Status } from '../exports/words.ts';
import type { ExportSummary } from '../store/port.ts';

const Instant = z.iso.datetime();
const instant = (ms: number | null) => (ms === null ? null : toIso(ms));

/** One export in a list. */
export const SummaryView = z.strictObject({
  export_id: z.string(),
  state: Status,
  export_type: z.string().nullable(),
  owner: z.string(),
  campaign_id: z.string().nullable(),
  source: z.string(),
  received_at: Instant,
  due_at: Instant.nullable(),
});
export type SummaryView = z.infer<typeof SummaryView>;

export const ListView = z.strictObject({
  exports: z.array(SummaryView),
  next: z.string().nullable().describe('The value of `before` that gives the next page; null at the end.'),
});

export function summaryView(summary: ExportSummary): SummaryView {
  const { id, status, received_at, due_at, ...same } = summary;
  return { export_id: id, state: status, ...same, received_at: toIso(received_at), due_at: instant(due_at) };
}

export const ProblemView = z.strictObject({
  code: z.string(),
  path: z.string(),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
});

/** One export as it stands. Instants are ISO 8601 in UTC. */
export const ExportView = z.strictObject({
  export_id: z.string(),
  state: Status,
  version: z.int(),
  export_type: z.string().nullable(),
  intent: Intent.nullable(),
  campaign_id: z.string().nullable(),
  source: z.strictObject({
    name: z.string(),
    system: z.string(),
    reference: z.string(),
    reverses: z.string().nullable(),
  }),
  requester: z.string().nullable(),
  idempotency_key: z.string(),
  received_at: Instant,
  occurred_at: Instant,
  route: z.strictObject({
    owner: z.string(),
    role: Role,
    backup: z.string().nullable(),
    channel: z.string(),
    reason: z.string(),
  }),
  revision: z.int().nullable(),
  hash: z.string().nullable(),
  gate: z.strictObject({ mode: GateMode, roles: z.array(Role), reason: z.string() }).nullable(),
  problems: z.array(ProblemView),
  acceptances: z.array(
    z.strictObject({
      role: Role.nullable(),
      by: z.string().nullable(),
      at: Instant,
      via: z.enum(['slack', 'api', 'policy']),
      revision: z.int(),
      hash: z.string(),
    }),
  ),
  pushes: z.array(
    z.strictObject({
      sink: z.string(),
      operation: z.string(),
      status: z.enum(['waiting', 'retrying', 'unknown', 'delivered', 'failed']),
      attempts: z.int(),
      next_at: Instant.nullable(),
      detail: z.string().nullable(),
      exception_code: z.string().nullable(),
    }),
  ),
  trouble: z
    .strictObject({
      code: z.string(),
      role: Role,
      owner: z.string().nullable(),
      severity: Severity,
      message: z.string(),
      remedy: z.string(),
      sink: z.string().nullable(),
      at: Instant,
    })
    .nullable(),
  ending: z
    .strictObject({ at: Instant, by: z.string().nullable(), reason: z.string().nullable() })
    .nullable(),
  payload: Envelope.shape.payload.nullable().describe('Null while it has never passed its schema.'),
});
export type ExportView = z.infer<typeof ExportView>;

export function exportView(state: Export): ExportView {
  const { revision, trouble, ending, route } = state;
  const gate = revision?.policy.gate;
  return {
    export_id: state.id,
    state: state.status,
    version: state.version,
    export_type: revision?.export_type ?? null,
    intent: revision?.intent ?? null,
    campaign_id: revision?.campaign_id ?? null,
    source: state.source,
    requester: state.requester,
    idempotency_key: state.idempotency_key,
    received_at: toIso(state.received_at),
    occurred_at: toIso(state.occurred_at),
    route: {
      owner: route.owner,
      role: route.role,
      backup: route.backup,
      channel: route.channel,
      reason: route.reason,
    },
    revision: revision?.number ?? null,
    hash: revision?.hash ?? null,
    gate: gate ? { mode: gate.mode, roles: gate.steps.map((step) => step.role), reason: gate.reason } : null,
    problems: state.problems.map(({ code, path, message, severity }) => ({ code, path, message, severity })),
    acceptances: state.acceptances.map(({ role, by, at, via, revision: number, hash }) => ({
      role,
      by,
      at: toIso(at),
      via,
      revision: number,
      hash,
    })),
    pushes: state.pushes.map(({ sink, operation, status, attempts, next_at, detail, exception_code }) => ({
      sink,
      operation: operation.name,
      status,
      attempts,
      next_at: instant(next_at),
      detail,
      exception_code,
    })),
    trouble: trouble && {
      code: trouble.code,
      role: trouble.role,
      owner: trouble.owner,
      severity: trouble.severity,
      message: trouble.message,
      remedy: trouble.remedy,
      sink: trouble.sink,
      at: toIso(trouble.at),
    },
    ending: ending && { at: toIso(ending.at), by: ending.by, reason: ending.reason },
    payload: revision?.payload ?? null,
  };
}

/** One event of the record; `event.type` says what happened, the rest of it are its facts. */
export const EventView = z.strictObject({
  n: z.int(),
  at: Instant,
  event: z.looseObject({ type: z.string() }),
});
export type EventView = z.infer<typeof EventView>;

export const EventsView = z.strictObject({ export_id: z.string(), events: z.array(EventView) });

export function eventView({ n, at, event }: Recorded): EventView {
  return { n, at: toIso(at), event: { ...event } };
}
