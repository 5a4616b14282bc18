import { addWorking, workingBetween } from './calendar.ts';
import type { LadderRung } from './policy.ts';
import type { Export } from './state.ts';

/**
 * When `ms` have passed on the clock of an export: in its owner's working time while it waits for
 * acceptance and policy says so, else around the clock. Quarantine and trouble belong to other
 * people. A calendar without time in sight never silences the ladder.
 */
export function timeAfter({ status, revision }: Export, from: number, ms: number): number {
  const calendar = status === 'pending' ? (revision?.policy.calendar ?? null) : null;
  return (calendar === null ? null : addWorking(calendar, from, ms)) ?? from + ms;
}

/**
 * The rung that fires next, and when. Rungs that came due while nobody was running fire at once on
 * return, but expiry still leaves people up to one SLA after the last of them.
 */
export function nextRung(state: Export): { rung: LadderRung; at: number } | null {
  if (state.waiting_since === null) return null;
  const ladder = ladderOf(state);
  const rung = ladder[state.rungs_fired];
  if (!rung) return null;
  const due = timeAfter(state, state.waiting_since, Math.max(0, rung.after_ms - state.elapsed_ms));
  if (rung.do === 'page' && state.ack) return { rung, at: Math.max(due, state.ack.until) };
  if (rung.do !== 'expire' || state.last_rung_at === null) return { rung, at: due };
  const gap = rung.after_ms - (ladder[state.rungs_fired - 1]?.after_ms ?? 0);
  const grace = Math.min(gap, state.revision?.policy.sla_ms ?? gap);
  return { rung, at: Math.max(due, timeAfter(state, state.last_rung_at, grace)) };
}

/** Used while an export has no policy of its own, because its payload could not be read. */
const REMEDIATION_LADDER: readonly LadderRung[] = [
  { do: 'remind', after_ms: 15 * 60_000 },
  { do: 'escalate', after_ms: 30 * 60_000 },
  { do: 'page', after_ms: 60 * 60_000 },
];

/** Expiry is only for what waits for acceptance: what is quarantined or paused would be lost by it. */
export function ladderOf(state: Export): readonly LadderRung[] {
  const ladder = state.revision?.policy.ladder ?? REMEDIATION_LADDER;
  return state.status === 'pending' ? ladder : ladder.filter((rung) => rung.do !== 'expire');
}

/** How much of the ladder's time has passed at `at`. */
export function elapsed(state: Export, at: number): number {
  if (state.waiting_since === null) return 0;
  const calendar = state.status === 'pending' ? (state.revision?.policy.calendar ?? null) : null;
  const passed =
    calendar === null ? at - state.waiting_since : workingBetween(calendar, state.waiting_since, at);
  return state.elapsed_ms + Math.max(0, passed);
}

/** When the export next needs the clock, in UTC ms; null when only people or sinks can move it. */
export function nextDeadline(state: Export): number | null {
  if (state.status === 'accepted') return state.undo_until;
  const hold = state.status === 'delivering' ? state.rollout?.hold_until : null;
  const instants = [hold, nextRung(state)?.at, state.lock?.until, state.ack?.until];
  const known = instants.filter((at) => at !== undefined && at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}
