import type { LadderRung } from './policy.ts';
import type { Export } from './state.ts';

/**
 * The rung that fires next, and when. Rungs that came due while nobody was running fire at once on
 * return, but expiry still leaves people up to one SLA after the last of them.
 */
export function nextRung(state: Export): { rung: LadderRung; at: number } | null {
  if (state.waiting_since === null) return null;
  const ladder = ladderOf(state);
  const rung = ladder[state.rungs_fired];
  if (!rung) return null;
  const due = state.waiting_since + rung.after_ms;
  if (rung.do !== 'expire' || state.last_rung_at === null) return { rung, at: due };
  const gap = rung.after_ms - (ladder[state.rungs_fired - 1]?.after_ms ?? 0);
  const grace = Math.min(gap, state.revision?.policy.sla_ms ?? gap);
  return { rung, at: Math.max(due, state.last_rung_at + grace) };
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

/** When the export next needs the clock, in UTC ms; null when only people or sinks can move it. */
export function nextDeadline(state: Export): number | null {
  if (state.status === 'accepted') return state.undo_until;
  return nextRung(state)?.at ?? null;
}
