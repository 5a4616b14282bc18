import type { KnownBlock } from '@slack/types';
import type { Recorded } from '../exports/events.ts';
import { count, systemName } from '../exports/phrases.ts';
import type { Shown } from '../flow/ports.ts';
import { context } from './blocks.ts';
import { shortId } from './cards/content.ts';
import { CARD } from './limits.ts';
import { told } from './notes.ts';
import { safetyPassed } from './safety-notes.ts';
import { marked, type Words } from './words.ts';

/** Characters in one block, and in all: a message takes about 13,000. */
const BLOCK = 2_400;
const ALL = 7_200;

/** What the thread does not tell, because the card itself shows it. */
// @NOTE The cases at the end are told by the thread already; their names only stand in should it stop telling them.
function untold({ event }: Recorded, { state }: Shown): Words {
  switch (event.type) {
    case 'received':
      return [
        'Came in from ',
        { said: event.source.system, max: CARD.reference },
        event.outcome === 'pending'
          ? '.'
          : event.outcome === 'quarantined'
            ? ' and went into quarantine.'
            : ', too late: a newer one was here already.',
      ];
    case 'accepted':
      return event.undo_until === null
        ? ['Accepted in full.']
        : ['Accepted in full; it could be undone until ', { at: event.undo_until, as: 'minute' }, '.'];
    case 'review_opened':
      return [
        { name: event.by, strong: true },
        event.from === null ? ' opened the review.' : ' took the review over from ',
        ...(event.from === null ? [] : [{ name: event.from }, '.']),
      ];
    case 'rollout_rollback_issued':
      return ['The way back was issued: export ', { said: shortId(event.export_id), max: 20 }, '.'];
    case 'rehearsed':
      return safetyPassed(event);
    case 'review_closed':
      return event.by === null
        ? ['The review ran out of time.']
        : [{ name: event.by, strong: true }, ' closed the review.'];
    case 'commented':
      return [{ name: event.by, strong: true }, ': “', { said: event.text, max: CARD.reason }, '”'];
    case 'push_advanced':
    case 'push_delivered':
    case 'push_retried': {
      const sink = state.pushes.find((push) => push.key === event.key)?.sink ?? 'a system';
      if (event.type === 'push_delivered') return [{ said: sink, max: 40 }, ' took it.'];
      return event.type === 'push_advanced'
        ? [{ said: sink, max: 40 }, ' has taken some of it and goes on.']
        : [{ said: sink, max: 40 }, ' is tried again: ', { said: event.cause, max: CARD.cause }];
    }
    case 'alternate_sought':
      return [
        { said: systemName(event.to), max: 40 },
        ' is asked what it would cost there, because ',
        { said: systemName(event.from), max: 40 },
        ' refused.',
      ];
    case 'acceptance_lapsed':
    case 'acceptance_recorded':
    case 'acknowledged':
    case 'backup_changed':
    case 'changes_requested':
    case 'corrected':
    case 'cover_over':
    case 'covered':
    case 'delivered':
    case 'delivery_begun':
    case 'edited':
    case 'escalated':
    case 'expired':
    case 'failed':
    case 'failed_over':
    case 'freshness_renewed':
    case 'mapping_completed':
    case 'owner_assigned':
    case 'paged':
    case 'paused':
    case 'preview_closed':
    case 'preview_ready':
    case 'push_failed':
    case 'push_unknown':
    case 'reassigned':
    case 'redelivery_requested':
    case 'refetch_requested':
    case 'rehearsal_requested':
    case 'rejected':
    case 'reminded':
    case 'reopened':
    case 'resumed':
    case 'revised':
    case 'rolled_back':
    case 'rollout_exception_reported':
    case 'rollout_held':
    case 'rollout_rollback_begun':
    case 'rollout_stage_begun':
    case 'rollout_stage_completed':
    case 'safety_checks_overridden':
    case 'superseded':
    case 'task_closed':
    case 'undone':
    case 'withdrawn':
      return [`${event.type.replaceAll('_', ' ')}.`];
  }
}

/** Everything that has happened to an export, oldest first, times in the reader's own zone; the oldest gives way. */
export function timeline(recorded: readonly Recorded[], shown: Shown): KnownBlock[] {
  const lines = recorded.map(
    (each): Words => [{ at: each.at }, ' · ', ...(told(each, shown) ?? untold(each, shown))],
  );
  const kept: Words[] = [];
  let chars = 0;
  for (const line of lines.toReversed()) {
    chars += marked(line, shown.directory).length;
    if (chars > ALL) break;
    kept.unshift(line);
  }
  const left = lines.length - kept.length;
  if (left > 0) kept.unshift([`${count(left, 'earlier entry is', 'earlier entries are')} in the record.`]);
  return packed(kept, shown);
}

function packed(lines: readonly Words[], { directory }: Shown): KnownBlock[] {
  const groups: Words[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const length = marked(line, directory).length;
    if (chars + length > BLOCK) {
      groups.push([]);
      chars = 0;
    }
    groups.at(-1)?.push(line);
    chars += length;
  }
  return groups.map((group) => context(group, directory));
}
