import type { Export } from './state.ts';
import { HOUR_MS, MINUTE_MS, type OnStale } from './words.ts';

export type Freshness = {
  group: string;
  /** Null when the sender never said how old it is: it then counts as stale. */
  age_ms: number | null;
  limit_ms: number;
  stale: boolean;
  on_stale: OnStale;
};

/** Moments of confirmation renew a group for as long as its limit allows. */
type Aged = Pick<Export, 'revision' | 'refresh' | 'acceptances'>;

function confirmedAt(state: Aged, group: string): number {
  return state.acceptances
    .filter((each) => each.confirmed_stale.includes(group))
    .reduce((latest, each) => Math.max(latest, each.at), 0);
}

/** Age of every field group that has a limit; the sender may set a stricter limit than the policy, never a laxer one. */
export function freshness(state: Aged, now: number): readonly Freshness[] {
  const rules = state.revision?.policy.refresh ?? {};
  return Object.entries(rules).map(([group, rule]) => {
    const sent = state.refresh[group];
    const limit_ms = Math.min(rule.max_age_ms, sent?.max_age_ms ?? rule.max_age_ms);
    const asOf = Math.max(sent?.as_of ?? 0, confirmedAt(state, group));
    const age_ms = asOf === 0 ? null : Math.max(0, now - asOf);
    return { group, age_ms, limit_ms, stale: age_ms === null || age_ms > limit_ms, on_stale: rule.on_stale };
  });
}

/** What a refusal says about data that is too old. */
export function staleFacts(state: Pick<Export, 'source'>, stale: Freshness): Record<string, string> {
  return {
    group: stale.group,
    age: stale.age_ms === null ? 'of unknown age, so too' : duration(stale.age_ms),
    limit: duration(stale.limit_ms),
    source: state.source.name,
  };
}

/** "40 s", "7 min", "3 h", "2 days". */
export function duration(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 48 * HOUR_MS) return `${Math.round(ms / HOUR_MS)} h`;
  return `${Math.round(ms / (24 * HOUR_MS))} days`;
}
