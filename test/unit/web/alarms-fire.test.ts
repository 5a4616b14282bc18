import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { openHouse } from '../../support/house.ts';

const RULES = fileURLToPath(new URL('../../../deploy/alerts.yml', import.meta.url));
/** Prometheus' own tool; `.ci/run` brings it. */
const PROMTOOL = process.env['PROMTOOL'] ?? 'promtool';
const isThere = spawnSync(PROMTOOL, ['--version']).error === undefined;

/** Minutes that each tale goes on for. */
const MINUTES = 300;
const steady = (value: number) => `${value}x${MINUTES}`;
const growing = (by: number) => `0+${by}x${MINUTES}`;

/** What a configured backup, a configured head and calls tell; a house of the tests has none of them at once. */
const BESIDES: Record<string, string> = {
  'up{job="meshline"}': steady(1),
  'meshline_upkeep_age_seconds{upkeep="backup"}': steady(60),
  'meshline_upkeep_period_seconds{upkeep="backup"}': steady(3_600),
  'meshline_upkeep_failures_total{upkeep="backup"}': steady(0),
  'meshline_upkeep_age_seconds{upkeep="head"}': steady(60),
  'meshline_upkeep_period_seconds{upkeep="head"}': steady(300),
  'meshline_slack_calls_total{method="chat.postMessage",result="refused"}': steady(0),
  'meshline_slack_calls_total{method="chat.postMessage",result="rate_limited"}': steady(0),
  'meshline_pushes_total{sink="oms",outcome="failed"}': steady(0),
};
/** What depends on the machine of the test. */
const WELL: Record<string, string> = {
  meshline_process_start_time_seconds: steady(0),
  meshline_process_resident_memory_bytes: steady(2e8),
  meshline_nodejs_eventloop_lag_p99_seconds: steady(0.02),
  meshline_slack_last_inbound_timestamp_seconds: growing(60),
  'meshline_disk_free_bytes{of="ledger"}': steady(1e11),
};

/** Series that make an alarm go off, and no other alarm but those named. */
const TROUBLE: Record<string, { series: Record<string, string>; and?: string[] }> = {
  MeshlineDown: { series: { 'up{job="meshline"}': steady(0) } },
  MeshlineRestarting: { series: { meshline_process_start_time_seconds: growing(60) } },
  MeshlineLedgerUnreadable: { series: { meshline_ledger_readable: steady(0) } },
  MeshlineDiskFull: {
    series: { 'meshline_disk_free_bytes{of="ledger"}': steady(5e7) },
    and: ['MeshlineDiskNearlyFull'],
  },
  MeshlineDiskNearlyFull: { series: { 'meshline_disk_free_bytes{of="ledger"}': steady(5e8) } },
  MeshlineWalGrows: { series: { meshline_wal_bytes: steady(6e8) } },
  MeshlineSlackDisconnected: { series: { meshline_slack_connected: steady(0) } },
  MeshlineSlackSilent: {
    series: {
      meshline_slack_last_inbound_timestamp_seconds: steady(-90_000),
      meshline_exports_pending: steady(3),
    },
  },
  MeshlineSlackRefuses: {
    series: { 'meshline_slack_calls_total{method="chat.postMessage",result="refused"}': growing(2) },
  },
  MeshlineSlackRateLimited: {
    series: { 'meshline_slack_calls_total{method="chat.postMessage",result="rate_limited"}': growing(3) },
  },
  MeshlineAcksSlow: {
    series: {
      'meshline_slack_ack_seconds_bucket{le="2.5"}': steady(0),
      'meshline_slack_ack_seconds_bucket{le="+Inf"}': growing(5),
    },
  },
  MeshlineEventLoopBlocked: { series: { meshline_nodejs_eventloop_lag_p99_seconds: steady(0.7) } },
  MeshlineMemoryHigh: { series: { meshline_process_resident_memory_bytes: steady(7e8) } },
  MeshlineOutboxLate: { series: { 'meshline_outbox_oldest_due_seconds{lane_kind="sink"}': steady(400) } },
  MeshlineOutboxStandstill: {
    series: { 'meshline_outbox_standstill_seconds{lane_kind="slack"}': steady(400) },
  },
  MeshlineDeadlinesOverdue: { series: { meshline_deadlines_oldest_overdue_seconds: steady(90) } },
  MeshlineClockSet: {
    series: { meshline_expiry_held: steady(1), meshline_deadlines_oldest_overdue_seconds: steady(90) },
  },
  MeshlineSinkResting: { series: { 'meshline_sink_breaker_state{sink="oms"}': steady(2) } },
  MeshlinePushesFail: { series: { 'meshline_pushes_total{sink="oms",outcome="failed"}': growing(1) } },
  MeshlineDeadLetters: { series: { meshline_exports_failed: steady(1) } },
  MeshlineQuarantine: { series: { meshline_exports_quarantined: steady(1) } },
  MeshlineSourceEventsWait: { series: { meshline_inbound_waiting: steady(101) } },
  MeshlineSourceEventsGivenUp: { series: { meshline_inbound_failed_recently: steady(1) } },
  MeshlineBackupOld: { series: { 'meshline_upkeep_age_seconds{upkeep="backup"}': steady(8_000) } },
  MeshlineHeadOld: { series: { 'meshline_upkeep_age_seconds{upkeep="head"}': steady(700) } },
  MeshlineUpkeepFails: { series: { 'meshline_upkeep_failures_total{upkeep="backup"}': growing(1) } },
  MeshlineLogLinesLost: { series: { meshline_log_lines_lost_total: growing(1) } },
};

/** What a Meshline that is well tells, as series of Prometheus. */
async function wellSeries(): Promise<Record<string, string>> {
  const house = await openHouse();
  const metrics = await fetch(`${house.meshline.url}/metrics`).then((told) => told.text());
  await house.close();
  const rules = readFileSync(RULES, 'utf8');
  const told = [...metrics.matchAll(/^(meshline_\S+) (\S+)$/gm)]
    .filter(([, series = '']) => rules.includes(series.replace(/\{.*/, '')) && !series.includes('_disk_free'))
    .map(([, series = '', value = '']): [string, string] => [series, steady(Number(value))]);
  return { ...Object.fromEntries(told), ...BESIDES, ...WELL };
}

const firing = (series: Record<string, string>, alarms: readonly string[]) => ({
  interval: '1m',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: `${MINUTES}m`,
      exp_samples: alarms.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
});

it('has a tale of every alarm', () => {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
  const alarms = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(Object.keys(TROUBLE).toSorted()).toEqual(alarms.toSorted());
});

it.skipIf(!isThere)('goes off when its trouble is there, alone, and never when all is well', async () => {
  const well = await wellSeries();
  for (const { series } of Object.values(TROUBLE))
    for (const name of Object.keys(series)) expect(Object.keys(well)).toContain(name);
  const folder = mkdtempSync(join(tmpdir(), 'meshline-alarms-'));
  const file = join(folder, 'tales.yml');
  const tales = Object.entries(TROUBLE).map(([alarm, { series, and = [] }]) =>
    firing({ ...well, ...series }, [alarm, ...and]),
  );
  writeFileSync(
    file,
    stringify({ rule_files: [RULES], evaluation_interval: '5m', tests: [firing(well, []), ...tales] }),
  );
  const told = spawnSync(PROMTOOL, ['test', 'rules', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(`${told.stdout}${told.stderr}`).toContain('SUCCESS');
  expect(told.status).toBe(0);
});
