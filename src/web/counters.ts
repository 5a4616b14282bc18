import { Counter, Histogram, type Registry } from 'prom-client';
import type { Ledger } from '../store/port.ts';

/** As much of a pusher as is counted. */
type Pushes = {
  push(request: never): Promise<{ kind: string; deferred?: true }>;
  limits(sink: string): object | null;
};

/** What is counted as it happens. */
export type Counters = {
  /** The same ledger, whose committed events of exports are counted by their type. */
  ledger<T extends Pick<Ledger, 'update' | 'intake'>>(ledger: T): T;
  /** The same pusher, whose outcomes are counted. */
  pusher<T extends Pushes>(pusher: T): T;
  slackCall(method: string, result: string): void;
  /** Milliseconds from when something came from Slack until it was acknowledged. */
  slackAck(ms: number): void;
};

/** Slack gives three seconds. */
const ACK_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3];

export function createCounters(registry: Registry): Counters {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `meshline_${name}`, help, labelNames, registers: [registry] });
  const events = counter('events_total', 'Events of exports, such as accepted, by type.', ['type']);
  const pushes = counter('pushes_total', 'Attempts to push, by sink and outcome.', ['sink', 'outcome']);
  const calls = counter('slack_calls_total', 'Calls to Slack, by method and result.', ['method', 'result']);
  const acks = new Histogram({
    name: 'meshline_slack_ack_seconds',
    help: 'Time until what came from Slack was acknowledged.',
    buckets: ACK_BUCKETS_S,
    registers: [registry],
  });
  const count = (committed: readonly { event: { type: string } }[]) => {
    for (const { event } of committed) events.inc({ type: event.type });
  };
  return {
    ledger: (ledger) => ({
      ...ledger,
      async update(...args) {
        const result = await ledger.update(...args);
        if ('events' in result) count(result.events);
        return result;
      },
      async intake(...args) {
        const result = await ledger.intake(...args);
        if (result.kind === 'stored') count(result.committed.events);
        return result;
      },
    }),
    pusher: (pusher) => ({
      ...pusher,
      async push(request: { sink: string }) {
        const outcome = await pusher.push(request as never);
        const sink = pusher.limits(request.sink) === null ? 'unknown' : request.sink;
        pushes.inc({ sink, outcome: outcome.deferred ? 'rested' : outcome.kind });
        return outcome;
      },
    }),
    slackCall: (method, result) => calls.inc({ method, result }),
    slackAck: (ms) => acks.observe(ms / 1_000),
  };
}
