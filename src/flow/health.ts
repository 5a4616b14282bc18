import { DAY_MS, MINUTE_MS } from '../exports/words.ts';
import { counted, spanOf } from './span.ts';
import type { Vitals } from './vitals.ts';

/**
 * `ok` is false when Meshline can serve nobody; `attention` says that a person should look, and `runbook`
 * where to read on.
 */
export type Check = { name: string; ok: boolean; detail: string; attention?: true; runbook?: string };

/** From here on somebody should look; alerts.yml says the same. */
export const LIMITS = {
  outbox_late_ms: 5 * MINUTE_MS,
  standstill_ms: 5 * MINUTE_MS,
  deadline_ms: MINUTE_MS,
  silent_ms: DAY_MS,
  disk_low_bytes: 1024 ** 3,
  disk_full_bytes: 64 * 1024 ** 2,
  wal_bytes: 512 * 1024 ** 2,
};

const RUNBOOK = 'docs/runbook.md#';
const MANY = 10_000;
const LONGEST_CAUSE = 160;

const well = (name: string, detail: string): Check => ({ name, ok: true, detail });
const look = (name: string, detail: string, alarm: string): Check => ({
  name,
  ok: true,
  detail,
  attention: true,
  runbook: `${RUNBOOK}${alarm.toLowerCase()}`,
});

/**
 * Each thing that can be wrong, with what it means, for whoever looks at three in the morning. Only a
 * ledger that cannot be read makes Meshline not ready: in every other trouble it still takes in, answers
 * or reads, and taking the traffic away would stop that too.
 */
export function health(vitals: Vitals): { ready: boolean; checks: readonly Check[] } {
  const checks = [
    ledgerCheck(vitals),
    slackCheck(vitals),
    outboxCheck(vitals),
    deadlinesCheck(vitals),
    sinksCheck(vitals),
    deadLettersCheck(vitals),
    sourcesCheck(vitals),
    diskCheck(vitals),
    clockCheck(vitals),
  ];
  return { ready: checks.every((check) => check.ok), checks };
}

function ledgerCheck({ ledger, wal_bytes }: Vitals): Check {
  if (ledger === null) {
    const detail = 'The ledger cannot be read. Look at its disk and at the log.';
    return { ...look('ledger', detail, 'MeshlineLedgerUnreadable'), ok: false };
  }
  if (wal_bytes >= LIMITS.wal_bytes) {
    const detail = `The write-ahead log has grown to ${sizeOf(wal_bytes)}: something has been reading the ledger for long. End it.`;
    return look('ledger', detail, 'MeshlineWalGrows');
  }
  return well(
    'ledger',
    `${counted(ledger.open, 'export')} open, ${counted(ledger.outbox, 'outbox row')} waiting.`,
  );
}

function slackCheck({ at, slack, ledger }: Vitals): Check {
  const { mode, connected, connections, since, last_inbound_at } = slack;
  if (!connected) {
    const detail = `Not connected for ${spanOf(at - since)}: cards wait in the outbox, and nothing is lost. Look at Slack's status and the tokens.`;
    return look('slack', detail, 'MeshlineSlackDisconnected');
  }
  const way =
    mode === 'socket'
      ? `Connected for ${spanOf(at - since)} (${connections} of 2 connections).`
      : 'Slack reaches Meshline over HTTP.';
  const heard =
    last_inbound_at === null
      ? 'Nobody has clicked yet.'
      : `The last click or event came ${spanOf(at - last_inbound_at)} ago.`;
  const silent = at - (last_inbound_at ?? since) >= LIMITS.silent_ms;
  if (silent && ledger !== null && ledger.pending > 0) {
    const detail = `${way} ${heard} ${ledger.pending === 1 ? 'One export waits' : `${many(ledger.pending, 'export')} wait`} for people: try a button, and see that clicks arrive.`;
    return look('slack', detail, 'MeshlineSlackSilent');
  }
  return well('slack', `${way} ${heard}`);
}

function outboxCheck({ ledger, standstills }: Vitals): Check {
  const stuck = standstills.filter(({ for_ms }) => for_ms >= LIMITS.standstill_ms);
  const late = (ledger?.lanes ?? [])
    .filter((lane) => lane.late_ms >= LIMITS.outbox_late_ms)
    .sort((a, b) => b.late_ms - a.late_ms);
  if (stuck.length > 0) {
    const detail = `${listOf(stuck.map((each) => `${placeOf(each.lane)} has taken nothing for ${spanOf(each.for_ms)} (${causeOf(each.cause)})`))}. Each is tried again by itself.`;
    return look('outbox', detail, 'MeshlineOutboxStandstill');
  }
  if (late.length > 0) {
    const detail = `${listOf(late.map((each) => `${placeOf(each.lane)} is ${spanOf(each.late_ms)} behind`))}.`;
    return look('outbox', detail, 'MeshlineOutboxLate');
  }
  if (ledger === null) return well('outbox', 'Unknown while the ledger cannot be read.');
  return well('outbox', ledger.outbox === 0 ? 'Empty.' : `${counted(ledger.outbox, 'row')}, none late.`);
}

function deadlinesCheck({ ledger, expiry_held }: Vitals): Check {
  if (ledger === null) return well('deadlines', 'Unknown while the ledger cannot be read.');
  const { overdue_deadlines, oldest_deadline_ms } = ledger;
  if (oldest_deadline_ms < LIMITS.deadline_ms) return well('deadlines', 'All fire in time.');
  const told = `${many(overdue_deadlines, 'deadline')} overdue, the oldest for ${spanOf(oldest_deadline_ms)}.`;
  // The clock was set: what is held fires when the hold ends.
  if (expiry_held) return well('deadlines', `${told} Expiry is held after the clock was set.`);
  return look(
    'deadlines',
    `${told} Look for "A deadline could not be fired" in the log.`,
    'MeshlineDeadlinesOverdue',
  );
}

function sinksCheck({ breakers }: Vitals): Check {
  const resting = Object.entries(breakers).filter(([, { state }]) => state !== 'closed');
  if (resting.length === 0) return well('sinks', 'All answer.');
  const each = resting.map(([name, { state, resting_ms, cause, retry_after_ms }]) => {
    const next =
      state === 'open' ? `tried again in ${spanOf(retry_after_ms ?? 0)}` : 'the next push tries it again';
    return `${name} has been resting for ${spanOf(resting_ms ?? 0)} (${causeOf(cause ?? 'no answer')}; ${next})`;
  });
  return look(
    'sinks',
    `${listOf(each)}. What waits there goes out by itself when it answers.`,
    'MeshlineSinkResting',
  );
}

function deadLettersCheck({ ledger }: Vitals): Check {
  if (ledger === null) return well('dead_letters', 'Unknown while the ledger cannot be read.');
  const { failed, quarantined } = ledger;
  // Quarantine is daily work with owners of its own; its alarm gives them hours.
  const aside =
    quarantined === 0
      ? 'Nothing is in quarantine.'
      : `${many(quarantined, 'export')} in quarantine, with owners in Slack.`;
  if (failed === 0) return well('dead_letters', `None. ${aside}`);
  const told = `Failed for good and waiting for somebody: ${many(failed, 'export')}; the cards name the owner and the way on.`;
  return look('dead_letters', `${told} ${aside}`, 'MeshlineDeadLetters');
}

function sourcesCheck({ ledger }: Vitals): Check {
  if (ledger === null) return well('sources', 'Unknown while the ledger cannot be read.');
  const { waiting, failed } = ledger.inbound;
  const queue = waiting === 0 ? 'No event waits.' : `${many(waiting, 'event')} to be worked on.`;
  if (failed === 0) return well('sources', queue);
  const told = `Given up in the last week: ${many(failed, 'event')} of sources. ${queue} Make their exports by hand.`;
  return look('sources', told, 'MeshlineSourceEventsGivenUp');
}

function diskCheck({ disks }: Vitals): Check {
  // A folder of backups that is missing is told by its own check, when a backup fails.
  const lowest = disks
    .filter(({ of, free_bytes }) => of === 'ledger' || free_bytes !== null)
    .sort((a, b) => (a.free_bytes ?? 0) - (b.free_bytes ?? 0));
  const told = lowest.map(({ of, path, free_bytes }) =>
    free_bytes === null
      ? `The disk of the ${of} (${path}) does not say what is free`
      : `${sizeOf(free_bytes)} free for the ${of} (${path})`,
  );
  const full = lowest.find(({ free_bytes }) => free_bytes !== null && free_bytes < LIMITS.disk_full_bytes);
  if (full) {
    const means =
      full.of === 'ledger' ? 'Intake answers 503 when it is full.' : 'Backups fail when it is full.';
    return look('disk', `${told.join('; ')}. ${means} Make room at once.`, 'MeshlineDiskFull');
  }
  if (lowest.some(({ free_bytes }) => free_bytes === null || free_bytes < LIMITS.disk_low_bytes))
    return look('disk', `${told.join('; ')}. Make room.`, 'MeshlineDiskNearlyFull');
  return well('disk', `${told.join('; ')}.`);
}

function clockCheck({ expiry_held }: Vitals): Check {
  if (!expiry_held) return well('clock', 'Steady.');
  const detail = 'The wall clock was set; nothing expires for ten minutes. Look at time synchronisation.';
  return look('clock', detail, 'MeshlineClockSet');
}

const SHOWN = 3;

function listOf(parts: readonly string[]): string {
  const more = parts.length - SHOWN;
  return more > 0 ? `${parts.slice(0, SHOWN).join('; ')}; and ${more} more` : parts.join('; ');
}

function many(n: number, unit: string): string {
  return n >= MANY ? `${MANY} or more ${unit}s` : counted(n, unit);
}

const PLACES: readonly (readonly [prefix: string, name: string])[] = [
  ['slack:', 'Slack channel '],
  ['sink:', 'Sink '],
  ['source:', 'Source '],
];

/** A lane by the name that people know it under. */
function placeOf(lane: string): string {
  if (lane.startsWith('slack:dm:')) return 'A direct message';
  for (const [prefix, name] of PLACES)
    if (lane.startsWith(prefix)) return `${name}${lane.slice(prefix.length)}`;
  return `The lane "${lane}"`;
}

/** What a far side said, as part of a sentence: one line, no longer than is read. */
function causeOf(cause: string): string {
  const line = cause.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > LONGEST_CAUSE ? `${line.slice(0, LONGEST_CAUSE)}…` : line;
}

function sizeOf(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
