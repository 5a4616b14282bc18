import type { DirectoryEvent, RecordedChange } from './directory.ts';
import type { Effect } from './effects.ts';
import type { PersonId } from './ownership.ts';

/** Whose waiting exports must look at the directory again, and whether somebody now stands in for them. */
function touched(event: DirectoryEvent, at: number): { of: PersonId; stands: boolean } | null {
  switch (event.type) {
    case 'person_went_out':
      return { of: event.person, stands: event.from <= at };
    case 'cover_set':
      return { of: event.for, stands: event.from <= at };
    case 'absence_began':
    case 'person_deactivated':
      return { of: event.person, stands: true };
    case 'cover_began':
      return { of: event.for, stands: true };
    case 'person_came_back':
    case 'person_reactivated':
    case 'backup_set':
      return { of: event.person, stands: false };
    case 'cover_ended':
      return { of: event.for, stands: false };
    case 'default_owner_set':
    case 'member_added':
    case 'member_removed':
    case 'on_call_set':
    case 'on_call_handed_over':
    case 'slack_linked':
    case 'directory_imported':
      return null;
  }
}

/** What must happen outside because the directory changed. Keys are stable over replays. */
export function directoryEffects(
  changes: readonly RecordedChange[],
): Extract<Effect, { kind: 'follow' | 'briefing' }>[] {
  return changes.flatMap(({ n, at, event }) => {
    const change = touched(event, at);
    if (change === null) return [];
    const { of, stands } = change;
    const follow = { kind: 'follow', key: `follow:${n}`, of } as const;
    return stands ? [follow, { kind: 'briefing', key: `briefing:${n}`, of, n } as const] : [follow];
  });
}
