import { createDispatcher, type Dispatcher } from '../../src/flow/dispatch.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { createPusher } from '../../src/sinks/perform.ts';
import type { Found, PushRequest, SinkOutcome } from '../../src/sinks/port.ts';
import { nextDelay } from '../../src/sinks/retry.ts';
import type { Ledger } from '../../src/store/port.ts';
import type { ManualClock } from './manual-clock.ts';

export type QuietOptions = {
  /** What the sink `oms` does with a push. */
  push: (request: PushRequest) => Promise<SinkOutcome>;
  /** Whether the effect of an earlier attempt is found; never unless told. */
  isThere?: (key: string) => boolean;
  concurrency?: number;
};

/** The real dispatcher for pushes alone: what people would see stays in the outbox. */
export function quietDispatcher(
  flow: Flow,
  { push, isThere = () => false, concurrency = 100 }: QuietOptions,
): Dispatcher {
  const isPush = ({ effect }: { effect: { kind: string } }) => effect.kind === 'push';
  const ledger: Ledger = new Proxy(flow.ledger, {
    get(target, name) {
      if (name === 'waiting')
        return async (until: number, limit: number) =>
          (await target.waiting(until, limit, 'sink:oms')).filter(isPush);
      if (name === 'onCommitted')
        return (listener: Parameters<Ledger['onCommitted']>[0]) =>
          target.onCommitted((rows, exports, desks) => listener(rows.filter(isPush), exports, desks));
      return Reflect.get(target, name) as unknown;
    },
  });
  const oms = {
    name: 'oms',
    limits: { concurrency, rate_per_second: null },
    idempotent: false,
    accepts: () => true,
    push,
    reconcile: async ({ key }: PushRequest): Promise<Found> =>
      isThere(key) ? { kind: 'delivered', reference: key } : { kind: 'absent' },
    close: async () => undefined,
  };
  const sinks = new Map([['oms', oms]]);
  const { clock, log, catalog, ids, settings } = flow;
  return createDispatcher(
    { clock, log, catalog, ids, settings, ledger },
    {
      messenger: { send: async () => ({ kind: 'done' }) },
      pusher: createPusher({ sinks, clock, log }),
      refetcher: { refetch: async () => ({ kind: 'delivered', reference: null }) },
      nextDelay: (policy, attempt, asked) => nextDelay(policy, attempt, asked, 0.5),
    },
  );
}

/** The process of this dispatcher is gone: what it had begun is not waited for. */
export async function endDispatcher(dispatcher: Dispatcher, clock: ManualClock): Promise<void> {
  const ended = dispatcher.stop(0);
  clock.advance(0);
  await ended;
}
