import type { Ledger } from '../../src/store/port.ts';
import type { Mortal, Scheduler } from './scheduler.ts';

/** These only look, so that nothing can come between the look and its answer. */
const READS: ReadonlySet<string> = new Set([
  'get',
  'events',
  'list',
  'tasks',
  'task',
  'desk',
  'deskCount',
  'digestCounts',
  'digestRows',
  'homesSince',
  'message',
  'messageAt',
  'directory',
  'directoryChanges',
  'aliases',
  'allAliases',
  'previewsWaitingFor',
  'newest',
  'record',
  'outAfter',
  'campaign',
  'campaignEvents',
  'campaigns',
  'campaignsDue',
  'due',
  'underWay',
  'pulse',
  'waiting',
  'begunSince',
]);

/**
 * The real ledger, with a turn of the scheduler before each call and, for what writes, between the
 * commit and its answer: the process may end at either.
 */
export function stepped(ledger: Ledger, life: Mortal, scheduler: Scheduler): Ledger {
  return new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string' || name === 'onCommitted') return value;
      const call = value as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await scheduler.turn(
          life,
          `ledger.${name} ${typeof args[0] === 'string' ? args[0] : JSON.stringify(args[0])?.slice(0, 90)}`,
        );
        const answer = await scheduler.work(() => call.apply(target, args));
        if (!READS.has(name)) await scheduler.turn(life, `ledger.${name} answers`);
        return answer;
      };
    },
  });
}
