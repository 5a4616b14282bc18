import Database from 'better-sqlite3';
import type { Event } from '../../../src/exports/events.ts';
import { scaled } from '../../proof/scale.ts';

/** The shortest SLA there is: half of it reminds, one escalates, one and a half pages, eight expire it. */
export const SLA_MS = 1_000;

const RUNGS: readonly (readonly [brings: Event['type'], after: number])[] = [
  ['reminded', 0.5 * SLA_MS],
  ['escalated', SLA_MS],
  ['paged', 1.5 * SLA_MS],
];
/** Expiry is waited for where there is time. */
const EXPIRES = scaled({ short: 0, quick: 1, full: 1 }) === 1;
export const LAST: Event['type'] = EXPIRES ? 'expired' : 'paged';

type Happened = { export_id: string; at: number; type: Event['type'] };

/** What has happened in a ledger that another connection writes to. */
export function happenedIn(file: string): Happened[] {
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    return db
      .prepare<[], Happened>(
        "SELECT export_id, at, json_extract(data, '$.type') AS type FROM events WHERE json_extract(data, '$.type') IN ('received', 'reminded', 'escalated', 'paged', 'expired') ORDER BY seq",
      )
      .all();
  } finally {
    db.close();
  }
}

export type Judged = { tries: number; lost: number; doubled: number; wrong: number; late: number[] };

/** Each rung of each export fired once and not before its time; `back`: when the process came back, UTC ms. */
export function judgeRungs(happened: readonly Happened[], ids: readonly string[], back: number): Judged {
  const judged: Judged = { tries: 0, lost: 0, doubled: 0, wrong: 0, late: [] };
  const byExport = Map.groupBy(happened, ({ export_id }) => export_id);
  for (const id of ids) {
    const events = byExport.get(id) ?? [];
    const since = events[0]?.at ?? 0;
    const paged = events.find(({ type }) => type === 'paged')?.at ?? 0;
    const expiry: [Event['type'], number] = ['expired', Math.max(since + 8 * SLA_MS, paged + SLA_MS)];
    const dues = RUNGS.map(([brings, after]): [Event['type'], number] => [brings, since + after]);
    for (const [brings, due] of EXPIRES ? [...dues, expiry] : dues) {
      const fired = events.filter(({ type }) => type === brings);
      judged.tries += 1;
      if (fired.length === 0) judged.lost += 1;
      if (fired.length > 1) judged.doubled += 1;
      for (const { at } of fired) {
        if (at < due) judged.wrong += 1;
        judged.late.push(at - Math.max(due, back));
      }
    }
  }
  return judged;
}
