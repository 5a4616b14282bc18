import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LedgerReader } from '../store/port.ts';

type Pulse = Awaited<ReturnType<LedgerReader['pulse']>>;

/** Process metrics and the ledger's pulse, read when Prometheus asks. */
export function createMetrics(
  ledger: Pick<LedgerReader, 'pulse'>,
  now: () => number,
  inFlight: () => number,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'meshline_' });
  const gauge = (name: string, help: string, read: (pulse: Pulse) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(read(await ledger.pulse(now())));
      },
    });
  gauge('meshline_exports_open', 'Exports that are not in a terminal state.', (pulse) => pulse.open);
  gauge('meshline_outbox_rows', 'Outbox rows that wait, leased ones included.', (pulse) => pulse.outbox);
  gauge(
    'meshline_outbox_oldest_due_seconds',
    'How late the oldest due outbox row is.',
    (pulse) => pulse.oldest_due_ms / 1000,
  );
  gauge(
    'meshline_deadlines_overdue',
    'Deadlines that have come and not fired yet.',
    (pulse) => pulse.overdue_deadlines,
  );
  gauge('meshline_tasks_open', 'Open tasks.', (pulse) => pulse.tasks_open);
  new Gauge({
    name: 'meshline_outbox_in_flight',
    help: 'Outbox rows that are being carried out at this moment.',
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
  return registry;
}
