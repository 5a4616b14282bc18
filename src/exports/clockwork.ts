import type { Context } from './commands.ts';
import { nextRung } from './deadlines.ts';
import { beginDelivery } from './delivery.ts';
import { joining, waitedFor } from './escalation.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import type { Directory } from './ownership.ts';
import type { LadderAction } from './policy.ts';
import { rolloutTick } from './rollout-decide.ts';
import type { Export } from './state.ts';

/** Everything that time alone has made due. Each rung fires once however late the clock comes. */
export function tick(state: Export, mayExpire: boolean, context: Context): readonly Event[] {
  if (state.status === 'accepted') {
    const due = state.undo_until !== null && state.undo_until <= context.now;
    return due ? beginDelivery(state, context) : [];
  }
  const stage = rolloutTick(state, mayExpire, context);
  if (stage.length > 0) return stage;
  const events: Event[] = quieted(state, context.now);
  const wentQuiet = events.some((event) => event.type === 'reopened');
  let now = events.reduce<Export>((at, event) => evolve(at, event, context.now, at.id), state);
  // On-call hears of it before it expires, as after any rung that came late.
  if (wentQuiet && now.waiting_since !== null && !isPageDue(now, context.now)) {
    const paged: Event = { ...pageOnCall(context.directory), because: 'gone_quiet' };
    events.push(paged);
    now = evolve(now, paged, context.now, now.id);
  }
  for (let next = nextRung(now); next && next.at <= context.now; next = nextRung(now)) {
    if (next.rung.do === 'expire' && !mayExpire) break;
    const event = fired(now, next.rung.do, context);
    events.push(event);
    now = evolve(now, event, context.now, now.id);
  }
  return events;
}

/** A rung of the ladder pages on-call anyway, now or once the rungs before it have fired. */
function isPageDue(state: Export, now: number): boolean {
  for (let at = state; ; at = { ...at, rungs_fired: at.rungs_fired + 1 }) {
    const next = nextRung(at);
    if (!next || next.at > now) return false;
    if (next.rung.do === 'page') return true;
  }
}

/** Locks and acknowledgements whose time has run out. */
function quieted(state: Export, now: number): Event[] {
  const events: Event[] = [];
  if (state.lock && state.lock.until <= now) events.push({ type: 'review_closed', by: null });
  if (state.ack && state.ack.until <= now) events.push({ type: 'reopened', was: state.ack.by });
  return events;
}

/** Whoever of the rota is active; those who are away only when nobody else is. */
export function pageOnCall(directory: Directory): Extract<Event, { type: 'paged' }> {
  const { people, user_group, channel } = directory.on_call;
  const active = people.filter((person) => directory.people.get(person)?.active);
  const there = active.filter((person) => !directory.away.has(person));
  return { type: 'paged', to: there.length > 0 ? there : active, user_group, channel };
}

function fired(state: Export, action: LadderAction, context: Context): Event {
  switch (action) {
    case 'remind':
      return { type: 'reminded', to: waitedFor(state, context.directory) };
    case 'escalate':
      return { type: 'escalated', to: joining(state, context.directory) };
    case 'page':
      return pageOnCall(context.directory);
    case 'expire':
      return { type: 'expired' };
  }
}
