import { decide } from '../exports/decide.ts';
import type { Recorded } from '../exports/events.ts';
import { everOut } from '../exports/out.ts';
import { OWN_SOURCE } from '../exports/own.ts';
import { sentence } from '../exports/refusals.ts';
import { reversalExport, reversalOf, touchedPayload } from '../exports/reversal.ts';
import type { Export } from '../exports/state.ts';
import type { OutboxRow, Settlement } from '../store/port.ts';
import { newerThan } from './desk.ts';
import { receive } from './intake.ts';
import { contextOf, type Flow } from './settings.ts';

/** A push that had begun may still arrive: it must not overtake what takes it back. */
const LOOK_AGAIN_MS = 500;

const NOTHING = 'There was nothing that could be put back.';
const NEWER =
  'A newer export of the same thing has gone out since, so the former values would have overwritten newer ones.';

/**
 * Issues the export that takes back what the stages of a rollout have sent. Its key and body come
 * from the recorded request alone, so that a crash in between cannot double it.
 *
 * @returns when to look again (ms), or null when it is settled
 */
export async function reverse(flow: Flow, row: OutboxRow, settlement: Settlement): Promise<number | null> {
  const state = await flow.ledger.get(row.export_id);
  const asked = state?.rollout?.rollback ?? null;
  if (!state || asked === null || state.rollout?.status !== 'rolling_back') {
    await flow.ledger.settle(settlement);
    return null;
  }
  const keys = state.pushes.map((push) => push.key);
  if (await flow.ledger.underWay(keys, flow.clock.now())) {
    const due = flow.clock.now() + LOOK_AGAIN_MS;
    const result = { later: due, cause: 'A push had begun and is let end first.' };
    await flow.ledger.settle({ ...settlement, result });
    return due;
  }
  const history = await flow.ledger.events(state.id);
  const issued = everOut(state.id, history) ? await issue(flow, state, asked, history) : null;
  const command =
    issued === null
      ? ({ do: 'roll_back', by_export: state.id } as const)
      : 'why' in issued
        ? ({ do: 'end_rollback', why: issued.why } as const)
        : ({ do: 'note_rollback', export_id: issued.export_id } as const);
  await flow.ledger.update(
    state.id,
    flow.clock.now(),
    (now) => decide(now, command, contextOf(flow)),
    settlement,
  );
  return null;
}

async function issue(
  flow: Flow,
  state: Export,
  { by, at }: { by: string; at: number },
  history: readonly Recorded[],
): Promise<{ export_id: string } | { why: string }> {
  const newer = await newerThan(flow, state.id);
  const other = newer === null ? null : await flow.ledger.get(newer);
  if (other && other.source.reverses !== state.id) return { why: NEWER };
  const payload = touchedPayload(state.id, history);
  const revision = state.revision && payload ? { ...state.revision, payload } : null;
  const back = reversalOf({ ...state, revision }, null, flow.catalog);
  if (!back) return { why: NOTHING };
  const key = `rollback:${state.id}:r${state.revision?.number ?? 0}:${state.rollout?.rollbacks ?? 0}`;
  const result = await receive(flow, OWN_SOURCE, reversalExport(state, back, { by, at, key }), key);
  if (result.kind === 'refused') return { why: sentence(result.refusal) };
  const { answer } = result;
  const id =
    typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer['export_id'] : null;
  return typeof id === 'string' ? { export_id: id } : { why: NOTHING };
}
