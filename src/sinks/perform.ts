import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Breaker, type BreakerLimits, createBreaker, DEFAULT_BREAKER } from './breaker.ts';
import { createPatience } from './patience.ts';
import type { Pusher, PushRequest, Sink, SinkOutcome } from './port.ts';
import { failed } from './shared/ending.ts';

export type PusherDeps = {
  sinks: ReadonlyMap<string, Sink>;
  clock: Clock;
  log: Log;
  breaker?: BreakerLimits;
};

/** Looks for the effect of an earlier attempt before it sends the same key again. */
async function attempt(sink: Sink, request: PushRequest): Promise<SinkOutcome> {
  if (request.unsettled !== true) return sink.push(request);
  const found = await sink.reconcile(request);
  switch (found.kind) {
    case 'delivered':
      return found;
    case 'absent':
      return sink.push(request);
    case 'unknown':
      if (sink.idempotent) return sink.push(request);
      return { kind: 'unknown', cause: 'Whether the earlier attempt took effect cannot be told yet.' };
  }
}

/** One attempt at a time through each sink's breaker. */
export function createPusher({ sinks, clock, log, breaker: limits = DEFAULT_BREAKER }: PusherDeps): Pusher {
  const lanes = new Map<string, { sink: Sink; breaker: Breaker }>();
  const patience = createPatience(clock);
  for (const [name, sink] of sinks) lanes.set(name, { sink, breaker: createBreaker(clock, limits) });

  /** A defect in a sink is an unknown outcome: it may have sent. Its error could hold a secret, so only its class is told. */
  const guarded = async (sink: Sink, request: PushRequest): Promise<SinkOutcome> => {
    try {
      return await attempt(sink, request);
    } catch (error) {
      log.warn({ sink: sink.name, error: error instanceof Error ? error.name : 'none' }, 'A sink threw');
      return { kind: 'unknown', cause: 'The sink failed in a way that it does not foresee.' };
    }
  };
  const tell = (name: string, before: string, after: string) => {
    if (before !== 'open' && after === 'open')
      log.warn({ sink: name }, 'A sink is in trouble and left to rest');
    if (before !== 'closed' && after === 'closed') log.info({ sink: name }, 'A sink answers again');
  };

  return {
    async push(request) {
      const lane = lanes.get(request.sink);
      if (!lane) return failed('unsupported_capability', `There is no sink named "${request.sink}".`);
      const { sink, breaker } = lane;
      if (!sink.accepts(request.operation))
        return failed('unsupported_capability', `The sink does not take "${request.operation}".`);
      const earlier = patience.earlier(request.key);
      if (earlier) return earlier;
      const pass = breaker.allow(request.key);
      if (!pass.ok)
        return {
          kind: 'retry',
          after_ms: pass.after_ms,
          cause: 'The sink is in trouble and left to rest.',
          deferred: true,
        };
      const before = breaker.state().state;
      const outcome = await patience.await(request.key, guarded(sink, request));
      pass.settle(outcome);
      tell(sink.name, before, breaker.state().state);
      return outcome;
    },
    ends: patience.ends,
    limits: (name) => lanes.get(name)?.sink.limits ?? null,
    sink: (name) => lanes.get(name)?.sink ?? null,
    breakerStates: () => Object.fromEntries([...lanes].map(([name, { breaker }]) => [name, breaker.state()])),
    async close() {
      await Promise.all([...lanes.values()].map(({ sink }) => sink.close()));
    },
  };
}
