import type { Decision } from '../exports/decide.ts';
import { effects } from '../exports/effects.ts';
import type { Event, Recorded } from '../exports/events.ts';
import { evolve } from '../exports/evolve.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Chain } from './chain.ts';
import type { Tx } from './connection.ts';
import type { Digests } from './digests.ts';
import type { Outbox } from './outbox.ts';
import type { Parties } from './parties.ts';
import type { Committed, Deferred, Settlement } from './port.ts';
import type { Previews } from './previews.ts';
import type { Promos } from './promos.ts';
import type { Rows } from './rows.ts';
import type { Subjects } from './subjects.ts';
import type { Tasks } from './tasks.ts';

/** What a decision is written to. */
export type Tables = {
  chain: Chain;
  rows: Rows;
  subjects: Subjects;
  parties: Parties;
  promos: Promos;
  previews: Previews;
  outbox: Outbox;
  tasks: Tasks;
  digests: Digests;
};

/**
 * Appends events to an export and everything that follows from them: state, subject heads, effects
 * and tasks. Throws when there is neither a state nor an event to make one.
 */
export function record(
  tx: Tx,
  tables: Tables,
  id: string,
  before: Export | null,
  events: readonly Event[],
  now: number,
): { after: Export; recorded: readonly Recorded[] } {
  let after = before;
  const recorded: Recorded[] = [];
  for (const event of events) {
    after = evolve(after, event, now, id);
    const entry = { export_id: id, n: after.version, at: now, event };
    tables.chain.append(tx, entry);
    tables.subjects.move(tx, event, after);
    recorded.push(entry);
  }
  if (after === null) throw new Error(`A decision about ${id} gave no events, and there is no such export.`);
  if (recorded.length === 0) return { after, recorded };
  tables.rows.save(tx, before, after);
  tables.parties.move(tx, before, after);
  tables.promos.move(tx, before, after);
  tables.previews.move(tx, before, after);
  for (const effect of effects(before, after, recorded)) {
    switch (effect.kind) {
      case 'open_task':
        if (tables.tasks.open(tx, id, effect.task, now))
          tables.outbox.put(tx, id, tracking('open', effect.task.key), now);
        break;
      case 'close_tasks':
        for (const key of tables.tasks.closeAll(tx, id, now))
          tables.outbox.put(tx, id, tracking('close', key), now);
        break;
      case 'close_task':
        if (tables.tasks.close(tx, effect.key, effect.by, now))
          tables.outbox.put(tx, id, tracking('close', effect.key), now);
        break;
      case 'cancel':
        tables.outbox.cancel(tx, effect.key);
        break;
      case 'card':
      case 'note':
        if (!tables.digests.absorbs(tx, after, effect, now)) tables.outbox.put(tx, id, effect, now);
        break;
      case 'stock_arrived': {
        const skus = tables.previews.awaited(effect.skus);
        if (skus.length > 0) tables.outbox.put(tx, id, { ...effect, skus }, now);
        break;
      }
      case 'dm':
      case 'page':
      case 'push':
      case 'quote':
      case 'rehearse':
      case 'refetch':
      case 'relay':
      case 'reverse':
      case 'follow':
      case 'briefing':
      case 'digest':
      case 'track':
      case 'campaign':
      case 'campaign_card':
      case 'campaign_note':
      case 'campaign_dm':
      case 'issue':
        tables.outbox.put(tx, id, effect, now);
        break;
    }
  }
  tx.exports.push(id);
  return { after, recorded };
}

/** An outside tracker hears of it; the same for every delivery, so that it counts once. */
function tracking(say: 'open' | 'close', task: string): Deferred {
  return { kind: 'track', key: `track:${say}:${task}`, task, say };
}

/** One decision about one export, with the end of the attempt that led to it. */
export function update(
  tx: Tx,
  tables: Tables,
  id: string,
  now: number,
  decide: (state: Export | null) => Decision,
  settle: Settlement | undefined,
): Committed | Refusal {
  const before = tables.rows.load(id);
  const decision = decide(before);
  // @NOTE Settled before the effects: they may ask for the same row again, which must survive.
  if (settle) tables.outbox.settle(tx, settle, now);
  if (isRefusal(decision)) return decision;
  const { after, recorded } = record(tx, tables, id, before, decision.events, now);
  return { before, after, events: recorded, answer: decision.answer ?? null };
}
