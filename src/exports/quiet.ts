import { freshness } from './freshness.ts';
import { safetyOf } from './rehearsal.ts';
import type { Export } from './state.ts';

/**
 * True for what may share one digest message when a channel is flooded: one signature, nothing that
 * a person must weigh first, nobody silent or at work on it.
 */
export function mayWaitInDigest(state: Export): boolean {
  const { status, revision, escalated_to, lock, returned } = state;
  return (
    status === 'pending' &&
    revision !== null &&
    revision.policy.gate.mode === 'single' &&
    revision.warnings.length === 0 &&
    escalated_to.length === 0 &&
    state.pages === 0 &&
    safetyOf(state) !== 'failed' &&
    safetyOf(state) !== 'overridden' &&
    lock === null &&
    returned === null
  );
}

/** True for what may be accepted together with others of its type: as low in risk, and all its data fresh. */
export function mayAcceptTogether(state: Export, now: number): boolean {
  const calm = { ...state, escalated_to: [], pages: 0 };
  return mayWaitInDigest(calm) && freshness(state, now).every((group) => !group.stale);
}

/** True for what ended well or for good: in a digest it needs no card after all. */
export function endsQuietly({ status }: Export): boolean {
  switch (status) {
    case 'accepted':
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return true;
    case 'pending':
    case 'quarantined':
    case 'paused':
    case 'failed':
      return false;
  }
}
