import type { Event, EventType } from './events.ts';
import type { PersonId } from './ownership.ts';
import { isPreview, toldOfPreview } from './preview.ts';
import { isPassed } from './rehearsal.ts';
import type { Export } from './state.ts';

/** Which events the thread tells, and to whom directly. */
export function audience(
  event: Event,
  state: Export,
): { note: boolean; people: readonly PersonId[]; urgent: boolean } {
  const quiet = { note: false, people: [], urgent: false };
  const noted = { note: true, people: [], urgent: false };
  const requester = state.requester === null ? [] : [state.requester];
  switch (event.type) {
    case 'received':
    case 'accepted':
    case 'push_delivered':
    case 'push_advanced':
    case 'push_retried':
    case 'alternate_sought':
    case 'rollout_rollback_issued':
      return quiet;
    case 'rehearsed':
      return isPassed(event.findings) ? quiet : { note: true, people: requester, urgent: false };
    case 'acceptance_recorded':
      return event.acceptance.via === 'policy' ? quiet : noted;
    case 'review_opened':
      return { note: false, people: event.from === null ? [] : [event.from], urgent: false };
    case 'review_closed':
    case 'commented':
    case 'task_closed':
      return quiet;
    case 'rehearsal_requested':
    case 'safety_checks_overridden':
    case 'edited':
    case 'undone':
    case 'acknowledged':
    case 'corrected':
    case 'owner_assigned':
    case 'revised':
    case 'freshness_renewed':
    case 'refetch_requested':
    case 'acceptance_lapsed':
    case 'delivery_begun':
    case 'push_unknown':
    case 'push_failed':
    case 'failed_over':
    case 'redelivery_requested':
    case 'superseded':
    case 'rollout_stage_begun':
    case 'rollout_stage_completed':
    case 'rollout_exception_reported':
    case 'resumed':
    case 'mapping_completed':
    case 'preview_closed':
      return noted;
    case 'changes_requested':
    case 'rejected':
    case 'withdrawn':
      return { note: true, people: requester.filter((person) => person !== event.by), urgent: false };
    case 'preview_ready':
      return { note: true, people: toldOfPreview(event, state), urgent: false };
    case 'delivered':
      return isPreview(state) ? noted : { note: true, people: requester, urgent: false };
    case 'expired':
    case 'rolled_back':
      return { note: true, people: requester, urgent: false };
    case 'failed':
    case 'paused':
      return {
        note: true,
        people: [...new Set([...requester, ...(event.trouble.owner === null ? [] : [event.trouble.owner])])],
        urgent: true,
      };
    case 'rollout_held': {
      const people = [state.route.owner].filter((person) => person !== event.by);
      return { note: true, people, urgent: event.by === null };
    }
    case 'rollout_rollback_begun': {
      const people = [...new Set([...requester, state.route.owner])].filter((person) => person !== event.by);
      return { note: true, people, urgent: false };
    }
    case 'reminded':
      return { note: true, people: [], urgent: false };
    case 'reassigned':
      return {
        note: true,
        people: [event.route.owner].filter((person) => person !== event.by),
        urgent: false,
      };
    case 'covered':
    case 'cover_over':
    case 'backup_changed':
      return noted;
    case 'reopened':
      return { note: true, people: [event.was], urgent: true };
    case 'escalated':
      return { note: true, people: event.to, urgent: true };
    case 'paged':
      return { note: true, people: event.to, urgent: true };
  }
}

/** What whoever was paged needs to see in the page itself: somebody is on it, or nobody is needed any more. */
export const ANSWERS_PAGE: ReadonlySet<EventType> = new Set<EventType>([
  'acknowledged',
  'reopened',
  'accepted',
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'revised',
  'edited',
  'changes_requested',
  'corrected',
  'owner_assigned',
  'redelivery_requested',
  'mapping_completed',
  'resumed',
]);
