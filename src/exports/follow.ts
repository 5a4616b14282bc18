import { pageOnCall } from './clockwork.ts';
import type { Context } from './commands.ts';
import type { Event } from './events.ts';
import { barred } from './gates.ts';
import { backupOf, standIns } from './ownership.ts';
import type { Export } from './state.ts';
import type { Status } from './words.ts';

const WAITS: ReadonlySet<Status> = new Set<Status>(['pending', 'quarantined', 'paused', 'failed']);

/**
 * R9: what a change of the directory means for an export that waits: who stands in for its owner,
 * who is their backup now, and a page when nobody is left. Gives nothing when it already says so.
 */
export function followDirectory(state: Export, { directory }: Context): readonly Event[] {
  if (!WAITS.has(state.status)) return [];
  const { owner, role, backup } = state.route;
  const events: Event[] = [];
  const now = backupOf(directory, owner);
  if (now !== backup) events.push({ type: 'backup_changed', of: owner, backup: now });
  const away = directory.away.get(owner);
  const cover = directory.covers.get(owner);
  const [by] = standIns(directory, owner, role, barred(state));
  const told = state.stand_in;
  if (by === undefined && !away) {
    if (told) events.push({ type: 'cover_over', for: owner });
    return events;
  }
  const covers = by !== undefined && cover?.by === by;
  const until = covers ? cover.until : (away?.until ?? null);
  if (told && told.by === (by ?? null) && told.until === until) return events;
  const why = away?.reason ?? 'is covered';
  events.push({ type: 'covered', for: owner, by: by ?? null, until, why });
  if (by === undefined) events.push({ ...pageOnCall(directory), because: 'nobody_left' });
  return events;
}
