import type { Context } from './commands.ts';
import { nextRung } from './deadlines.ts';
import { beginDelivery } from './delivery.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { awaited } from './gates.ts';
import { backupOf, type PersonId } from './ownership.ts';
import type { LadderAction } from './policy.ts';
import type { Export } from './state.ts';

/** Everything that time alone has made due. Each rung fires once however late the clock comes. */
export function tick(state: Export, mayExpire: boolean, context: Context): readonly Event[] {
  if (state.status === 'accepted') {
    const due = state.undo_until !== null && state.undo_until <= context.now;
    return due ? beginDelivery(state, context) : [];
  }
  const events: Event[] = [];
  let now = state;
  for (let next = nextRung(now); next && next.at <= context.now; next = nextRung(now)) {
    if (next.rung.do === 'expire' && !mayExpire) break;
    const event = fired(now, next.rung.do, context);
    events.push(event);
    now = evolve(now, event, context.now, now.id);
  }
  return events;
}

function waitedFor(state: Export, context: Context): readonly PersonId[] {
  const people = state.status === 'pending' ? awaited(state, context.directory) : [];
  return people.length > 0 ? people : [state.trouble?.owner ?? state.route.owner];
}

/** Backups of everybody who is still awaited, and of the owner of the trouble. */
function joining(state: Export, context: Context): readonly PersonId[] {
  const people = [state.trouble?.owner ?? state.route.owner, ...waitedFor(state, context)];
  const backups = people.map((person) => backupOf(context.directory, person));
  return [...new Set(backups.filter((person): person is PersonId => person !== null))];
}

function fired(state: Export, action: LadderAction, context: Context): Event {
  switch (action) {
    case 'remind':
      return { type: 'reminded', to: waitedFor(state, context) };
    case 'escalate':
      return { type: 'escalated', to: joining(state, context) };
    case 'page': {
      const { people, user_group, channel } = context.directory.on_call;
      const active = people.filter((person) => context.directory.people.get(person)?.active);
      return { type: 'paged', to: active, user_group, channel };
    }
    case 'expire':
      return { type: 'expired' };
  }
}
