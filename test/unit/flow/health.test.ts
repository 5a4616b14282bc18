import { expect, it } from 'vitest';
import { type Check, health } from '../../../src/flow/health.ts';
import { createVitals, type Vitals } from '../../../src/flow/vitals.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GIB = 1024 ** 3;

const LEDGER: NonNullable<Vitals['ledger']> = {
  open: 12,
  outbox: 0,
  oldest_due_ms: 0,
  overdue_deadlines: 0,
  tasks_open: 1,
  lanes: [],
  oldest_deadline_ms: 0,
  pending: 3,
  quarantined: 0,
  failed: 0,
  inbound: { waiting: 0, failed: 0 },
};

const WELL: Vitals = {
  at: T0,
  ledger: LEDGER,
  slack: { mode: 'socket', connected: true, connections: 2, since: T0 - HOUR, last_inbound_at: T0 - MINUTE },
  breakers: {
    oms: { state: 'closed', failures: 0, retry_after_ms: null, resting_ms: null, cause: null },
  },
  standstills: [],
  disks: [{ of: 'ledger', path: '/data', free_bytes: 80 * GIB }],
  wal_bytes: 0,
  expiry_held: false,
};

const resting = { state: 'open', failures: 5, retry_after_ms: 150_000, resting_ms: 14 * MINUTE } as const;

/** One glance: what `/readyz` says when this alone is wrong. */
const WRONG: readonly [name: string, wrong: Partial<Vitals>, detail: string, alarm: string][] = [
  [
    'ledger',
    { wal_bytes: 700 * 1024 ** 2 },
    'The write-ahead log has grown to 700 MiB: something has been reading the ledger for long. End it.',
    'meshlinewalgrows',
  ],
  [
    'slack',
    { slack: { ...WELL.slack, connected: false, since: T0 - 3 * MINUTE } },
    "Not connected for 3 minutes: cards wait in the outbox, and nothing is lost. Look at Slack's status and the tokens.",
    'meshlineslackdisconnected',
  ],
  [
    'slack',
    { slack: { ...WELL.slack, mode: 'http', connections: 0, last_inbound_at: T0 - 50 * HOUR } },
    'Slack reaches Meshline over HTTP. The last click or event came 2 days ago. 3 exports wait for people: try a button, and see that clicks arrive.',
    'meshlineslacksilent',
  ],
  [
    'outbox',
    {
      standstills: [
        { lane: 'slack:#promo-approvals', for_ms: 14 * MINUTE, cause: 'not_in_channel' },
        { lane: 'slack:dm:5b0c', for_ms: 6 * MINUTE, cause: 'http_500' },
        { lane: 'source:pim', for_ms: MINUTE, cause: 'Not yet worth a word.' },
      ],
    },
    'Slack channel #promo-approvals has taken nothing for 14 minutes (not_in_channel); A direct message has taken nothing for 6 minutes (http_500). Each is tried again by itself.',
    'meshlineoutboxstandstill',
  ],
  [
    'outbox',
    { ledger: { ...LEDGER, outbox: 900, lanes: [{ lane: 'sink:oms', late_ms: 7 * MINUTE }] } },
    'Sink oms is 7 minutes behind.',
    'meshlineoutboxlate',
  ],
  [
    'deadlines',
    { ledger: { ...LEDGER, overdue_deadlines: 10_000, oldest_deadline_ms: 2 * HOUR } },
    '10000 or more deadlines overdue, the oldest for 2 hours. Look for "A deadline could not be fired" in the log.',
    'meshlinedeadlinesoverdue',
  ],
  [
    'sinks',
    { breakers: { ...WELL.breakers, wms: { ...resting, cause: 'The sink answered 503.\nAgain.' } } },
    'wms has been resting for 14 minutes (The sink answered 503. Again; tried again in 2 minutes). What waits there goes out by itself when it answers.',
    'meshlinesinkresting',
  ],
  [
    'dead_letters',
    { ledger: { ...LEDGER, failed: 2, quarantined: 1 } },
    'Failed for good and waiting for somebody: 2 exports; the cards name the owner and the way on. 1 export in quarantine, with owners in Slack.',
    'meshlinedeadletters',
  ],
  [
    'sources',
    { ledger: { ...LEDGER, inbound: { waiting: 4, failed: 2 } } },
    'Given up in the last week: 2 events of sources. 4 events to be worked on. Make their exports by hand.',
    'meshlinesourceeventsgivenup',
  ],
  [
    'disk',
    {
      disks: [
        { of: 'backup', path: '/backup', free_bytes: 12 * 1024 ** 2 },
        { of: 'ledger', path: '/data', free_bytes: 3 * GIB },
      ],
    },
    '12 MiB free for the backup (/backup); 3.0 GiB free for the ledger (/data). Backups fail when it is full. Make room at once.',
    'meshlinediskfull',
  ],
  [
    'disk',
    { disks: [{ of: 'ledger', path: '/data', free_bytes: GIB / 2 }] },
    '512 MiB free for the ledger (/data). Make room.',
    'meshlinedisknearlyfull',
  ],
  [
    'clock',
    { expiry_held: true },
    'The wall clock was set; nothing expires for ten minutes. Look at time synchronisation.',
    'meshlineclockset',
  ],
];

it('is ready and wants nothing when all is well', () => {
  const { ready, checks } = health(WELL);
  expect({ ready, unwell: checks.filter((check) => check.attention) }).toEqual({ ready: true, unwell: [] });
  for (const { detail } of checks) expect(detail).toMatch(/\.$/);
});

it.each(WRONG)('%s tells what is wrong, and stays ready (%#)', (name, wrong, detail, alarm) => {
  const { ready, checks } = health({ ...WELL, ...wrong });
  const unwell: Check = { name, ok: true, detail, attention: true, runbook: `docs/runbook.md#${alarm}` };
  expect({ ready, unwell: checks.filter((check) => check.attention) }).toEqual({
    ready: true,
    unwell: [unwell],
  });
});

it('takes quarantine for daily work', () => {
  const { checks } = health({ ...WELL, ledger: { ...LEDGER, quarantined: 2 } });
  expect(checks.find((check) => check.name === 'dead_letters')).toEqual({
    name: 'dead_letters',
    ok: true,
    detail: 'None. 2 exports in quarantine, with owners in Slack.',
  });
});

it('is not ready only when the ledger cannot be read', () => {
  expect(health({ ...WELL, ledger: null })).toMatchObject({ ready: false });
});

it('holds back the alarm of deadlines while expiry is held', () => {
  const late = { ...LEDGER, overdue_deadlines: 5, oldest_deadline_ms: HOUR };
  const { checks } = health({ ...WELL, ledger: late, expiry_held: true });
  expect(checks.filter((check) => check.attention).map((check) => check.name)).toEqual(['clock']);
});

it('looks once a second, however often it is asked', async () => {
  const clock = new ManualClock();
  let reads = 0;
  const vitals = createVitals({
    clock,
    ledger: {
      pulse: async () => {
        reads += 1;
        return LEDGER;
      },
      vitals: async () => LEDGER,
    },
    slack: () => WELL.slack,
    breakers: () => ({}),
    standstills: () => [],
    folders: [],
    freeBytes: async () => null,
    walBytes: async () => 0,
    expiryHeld: () => false,
  });
  await Promise.all(Array.from({ length: 200 }, () => vitals()));
  expect(reads).toBe(1);
  clock.advance(1_000);
  await vitals();
  expect(reads).toBe(2);
});
