/**
 * What has to hold, a row each: the fault, the file that tries it, and the bar. `tries` is how often
 * `npm run proof` has to try it; nothing may be lost, doubled or wrong in any row. `ms` bounds the time
 * that the row measures, as the largest or the 99th percentile of it. A `timed` row runs by itself, so that
 * what is measured is Meshline and not its neighbour.
 */
export type Row = {
  group: 'durability' | 'time' | 'the outside' | 'authority and abuse';
  fault: string;
  file: string;
  tries: number;
  ms?: { most: number; of: 'max' | 'p99' };
  timed?: true;
};

const durability = (file: string, fault: string, tries: number, more: Partial<Row> = {}): Row => ({
  group: 'durability',
  fault,
  file: `test/faults/${file}.test.ts`,
  tries,
  ...more,
});
const time = (...row: Parameters<typeof durability>): Row => ({ ...durability(...row), group: 'time' });
const outside = (...row: Parameters<typeof durability>): Row => ({
  ...durability(...row),
  group: 'the outside',
});
const abuse = (...row: Parameters<typeof durability>): Row => ({
  ...durability(...row),
  group: 'authority and abuse',
});

const max = (most: number): Partial<Row> => ({ ms: { most, of: 'max' }, timed: true });
const p99 = (most: number): Partial<Row> => ({ ms: { most, of: 'p99' }, timed: true });

export const ROWS = {
  power_cut: durability('power-cut', 'power cut anywhere in the writes and syncs', 100_000),
  power_cut_restore: durability('power-cut', 'power cut within a restore', 10_000),
  kill: durability('kill-loop', 'kill -9 at any moment; resumed in (p99)', 1_000, p99(5_000)),
  crash_between: durability('crash-between', 'killed between an effect and its mark', 300),
  rollout_killed: durability('rollout-killed', 'killed between and within the stages of a rollout', 20),
  safety_checks_killed: durability('safety-checks-killed', 'killed within the safety checks', 10),
  disk_full: durability('disk-full', 'full disk under the ledger, then free again', 50),
  log_full: durability('log-full', 'log pipe full or closed, log disk full', 50),
  ledger_busy: durability('ledger-busy', 'ledger locked for 10 s; click acked in', 200, max(2_500)),
  bit_rot: durability('bit-rot', 'a bit of the ledger or of its log flips', 5_000),
  backup: durability('backup-while-writing', 'backup while writing, restored', 500),
  restore: {
    ...durability('', 'restore, done or refused', 100),
    file: 'test/faults/restore',
  },
  migration: durability('migrations-killed', 'killed at any statement of a migration; N-1', 100),
  two_processes: durability('two-processes', 'two processes, a paused one that wakes up', 10_000),
  refuses_to_start: durability(
    'refuses-to-start',
    'started on a broken state: says so and changes nothing',
    20,
  ),
  stop: durability('stops-in-good-order', 'SIGTERM; stopped within', 50, max(10_000)),

  late: time('stalled-or-down', 'stalled or down past a deadline; late by (p99)', 1_000, p99(5_000)),
  clock_jumps: time('clock-jumps', 'the clock jumps back or forward', 500),
  calendars: time('calendars', 'DST, holidays, working hours against an oracle', 14_000_000),
  far_timers: time('far-timers', 'deadlines beyond 24.8 days', 2_000),
  decision_race: time('decision-races', 'accept against expire against escalate', 100_000),
  simulation: time('simulated-weeks', 'simulated weeks; what happened to them', 10_000),

  slack_down: outside('slack-goes-away', 'Slack down for 6 hours', 20),
  slack_misbehaves: outside(
    'slack-misbehaves',
    '429, hang, stored and reset, HTML, frozen socket; back in',
    200,
    max(15_000),
  ),
  slack_changes: outside('slack-changes', 'card deleted, channel archived, bot removed, person gone', 100),
  sink_down: outside('sink-goes-away', 'sink down 72 h, poison, 400 MB answer, lost answer', 100),
  sinks: {
    ...outside('', 'every fault at every kind of sink', 748),
    file: 'test/faults/sinks/',
  },
  out_of_order: outside('out-of-order', 'duplicates, late and out-of-order exports', 10_000),
  ingest_burst: outside(
    'ingest-burst',
    'ingest burst, slowloris, large bodies; click acked in',
    10_000,
    max(2_500),
  ),

  authority: abuse('authority', 'anybody, any action, any state', 10_000),
  changed_after_card: abuse('changed-after-the-card', 'values or revision changed after the card', 10_000),
  wrong_values: abuse('wrong-values', 'any wrong value in any place of an export', 80_000),
  forged_requests: abuse('forged-requests', 'forged, replayed, future-dated, null, nested requests', 10_000),
  hostile_text: abuse('hostile-text', 'hostile text on every output', 10_000),
  ssrf: abuse('forbidden-addresses', 'forbidden addresses, rebinding, redirects', 1_000),
  secrets: abuse('secrets-stay-secret', 'secret canaries in forced failures', 500),
  crawler: abuse('crawler', 'scanners that GET and POST everything', 1_000),
  audit: abuse(
    'audit-tampered',
    'ledger edited, cut, reordered; a million events verified in',
    1_000,
    max(10_000),
  ),
  rotation: abuse('secret-rotation', 'secrets rotated, keys revoked', 100),
  install: abuse('install-gate', 'install scripts, lockfile drift', 100),
} as const satisfies Record<string, Row>;

export type RowId = keyof typeof ROWS;
