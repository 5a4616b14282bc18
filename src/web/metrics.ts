import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Vitals } from '../flow/vitals.ts';

/** Labels are bounded: sinks as configured, kinds of lanes, a few words. */
type Point = { value: number; labels?: Record<string, string> };
type Told = readonly Point[] | number | null;

const SECOND_MS = 1_000;

const BREAKER = { closed: 0, half_open: 1, open: 2 } as const;

/** With the process's own metrics in it. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'meshline_' });
  return registry;
}

/** What health looks at, read when Prometheus asks; what cannot be told at the moment is left out. */
export function addVitalMetrics(
  registry: Registry,
  vitals: () => Promise<Vitals>,
  inFlight: () => number,
): void {
  const gauge = (name: string, help: string, read: (vitals: Vitals) => Told, labelNames: string[] = []) =>
    new Gauge({
      name: `meshline_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const told = read(await vitals());
        this.reset();
        if (told === null) {
          if (labelNames.length === 0) this.remove();
        } else if (typeof told === 'number') this.set(told);
        else for (const { value, labels = {} } of told) this.set(labels, value);
      },
    });
  const ofLedger = (name: string, help: string, read: (ledger: NonNullable<Vitals['ledger']>) => number) =>
    gauge(name, help, ({ ledger }) => (ledger === null ? null : read(ledger)));

  gauge('ledger_readable', '1 while the ledger can be read.', ({ ledger }) => (ledger === null ? 0 : 1));
  ofLedger('exports_open', 'Exports that are not in a terminal state.', ({ open }) => open);
  ofLedger(
    'exports_pending',
    'Exports that wait for people; counted up to 10,000.',
    ({ pending }) => pending,
  );
  ofLedger('exports_quarantined', 'Exports in quarantine; counted up to 10,000.', (of) => of.quarantined);
  ofLedger('exports_failed', 'Dead letters that wait for somebody; counted up to 10,000.', (of) => of.failed);
  ofLedger('tasks_open', 'Open tasks.', (ledger) => ledger.tasks_open);
  ofLedger('deadlines_overdue', 'Deadlines that have come and not fired yet.', (of) => of.overdue_deadlines);
  ofLedger(
    'deadlines_oldest_overdue_seconds',
    'How late the oldest deadline is that has come and not fired yet.',
    ({ oldest_deadline_ms }) => oldest_deadline_ms / SECOND_MS,
  );
  ofLedger('outbox_rows', 'Outbox rows that wait, leased ones included.', ({ outbox }) => outbox);
  gauge(
    'outbox_oldest_due_seconds',
    'How late the oldest due outbox row is, by the kind of its lane.',
    ({ ledger }) => ledger && byLaneKind(ledger.lanes.map(({ lane, late_ms }) => ({ lane, ms: late_ms }))),
    ['lane_kind'],
  );
  gauge(
    'outbox_standstill_seconds',
    'For how long the worst lane has got nothing through, by the kind of its lane.',
    ({ standstills }) => byLaneKind(standstills.map(({ lane, for_ms }) => ({ lane, ms: for_ms }))),
    ['lane_kind'],
  );
  ofLedger(
    'inbound_failed_recently',
    'Events of sources that came within a week and were given up.',
    ({ inbound }) => inbound.failed,
  );

  gauge('slack_connected', '1 while Slack can reach Meshline.', ({ slack }) => (slack.connected ? 1 : 0));
  gauge('slack_connections', 'Socket Mode connections that are up.', ({ slack }) => slack.connections);
  gauge(
    'slack_last_inbound_timestamp_seconds',
    'When the last click, event or command came from Slack; since the start when none has.',
    ({ slack }) => (slack.last_inbound_at ?? slack.since) / SECOND_MS,
  );
  gauge(
    'sink_breaker_state',
    'Whether a sink is left to rest: 0 no, 1 about to be tried again, 2 resting.',
    ({ breakers }) =>
      Object.entries(breakers).map(([sink, { state }]) => ({ labels: { sink }, value: BREAKER[state] })),
    ['sink'],
  );
  gauge(
    'disk_free_bytes',
    'Room on the disk of the ledger and of the backups.',
    ({ disks }) =>
      disks.flatMap(({ of, free_bytes }) =>
        free_bytes === null ? [] : [{ labels: { of }, value: free_bytes }],
      ),
    ['of'],
  );
  gauge('wal_bytes', "Size of the ledger's write-ahead log.", ({ wal_bytes }) => wal_bytes);
  gauge('expiry_held', '1 while nothing expires because the clock was set.', (of) =>
    of.expiry_held ? 1 : 0,
  );
  new Gauge({
    name: 'meshline_outbox_in_flight',
    help: 'Outbox rows that are being carried out at this moment.',
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
}

/** The kinds that there are, so that a series is there before anything waits in it. */
const LANE_KINDS = ['slack', 'sink', 'source', 'other'];

function byLaneKind(lanes: readonly { lane: string; ms: number }[]): Point[] {
  const worst = new Map(LANE_KINDS.map((kind) => [kind, 0]));
  for (const { lane, ms } of lanes) {
    const [first = ''] = lane.split(':', 1);
    const kind = LANE_KINDS.includes(first) ? first : 'other';
    worst.set(kind, Math.max(worst.get(kind) ?? 0, ms));
  }
  return [...worst].map(([lane_kind, ms]) => ({ labels: { lane_kind }, value: ms / SECOND_MS }));
}
