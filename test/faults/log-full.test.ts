import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { TEAM } from '../support/clicks.ts';
import { PEOPLE } from '../support/house.ts';
import { BY_POLICY } from './town/exports.ts';
import { statesOf } from './town/ledger.ts';
import { openTown, type Town } from './town/process.ts';
import { post } from './town/senders.ts';
import { mountSmallDisk, type SmallDisk } from './town/small-disk.ts';

const CYCLES = scaled({ short: 2, quick: 8, full: 30 });
const EXPORTS = 4;
const PATIENCE = { timeout: 15_000 };
const ACKED_WITHIN_MS = 2_500;
const STOPPED_WITHIN_MS = 10_000;
const PAGE_BYTES = 4096;
const ROOT = new URL('../../', import.meta.url).pathname;

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

/** Where the log goes, and what may be wrong with that. */
type Log = { descriptor: number; faults: readonly Fault[]; text(): string };
type Fault = { begin(): void; end(): void };

/** Meshline with its log there, ready. */
async function start(log: Log): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { ...town.env, MESHLINE_LOG_LEVEL: 'info' },
    stdio: ['ignore', log.descriptor, 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ready = () =>
    fetch(`${town.url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  await expect.poll(ready, { timeout: 30_000 }).toBe(true);
  return child;
}

let clicks = 0;
const click = (more: object) => {
  clicks += 1;
  return town.sandbox.control.deliver('interactive', {
    type: 'block_actions',
    team: { id: TEAM },
    trigger_id: `click.${clicks}`,
    ...more,
  });
};

/** Somebody presses a button of an export that is not there; gives how long Slack waited for its answer. */
async function ackOf(): Promise<{ acked: boolean; ms: number }> {
  const began = performance.now();
  const answer = click({
    user: { id: PEOPLE.priya.slack, team_id: TEAM },
    container: { type: 'message', message_ts: '1.1', channel_id: 'C02PROMO' },
    channel: { id: 'C02PROMO' },
    actions: [{ type: 'button', action_id: 'accept', block_id: 'b', value: 'gone', action_ts: '1.1' }],
  });
  const { acked } = await Promise.race([answer, pause(2 * ACKED_WITHIN_MS, { acked: false })]);
  return { acked, ms: performance.now() - began };
}

/** What Slack would never send leaves a line in the log, and no answer. */
function logSomething(): void {
  for (let n = 0; n < 3; n += 1) void click({ user: null });
}

const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const refusalsIn = (text: string) => linesOf(text).filter((line) => line.includes('envelope refused')).length;
const isJson = (line: string) => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

let sent = 0;
/** Goes through the faults one after the other, with work at each. */
async function surviveFaults(log: Log): Promise<void> {
  const child = await start(log);
  const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
  const acknowledged: string[] = [];
  const bad: string[] = [];
  for (let n = 0; n < CYCLES; n += 1) {
    const fault = log.faults[n % log.faults.length];
    if (!fault) break;
    const before = refusalsIn(log.text());
    fault.begin();
    logSomething();
    for (let each = 0; each < EXPORTS; each += 1) {
      const make = BY_POLICY[(sent += 1) % BY_POLICY.length];
      const answer = make ? await post(town.url, make(sent)).catch(() => null) : null;
      if (answer?.status === 202) acknowledged.push(answer.id);
      else bad.push(`an export was answered with ${answer?.status ?? 'nothing'}`);
    }
    const { acked, ms } = await ackOf();
    if (!acked || ms > ACKED_WITHIN_MS) bad.push(`a click was acknowledged: ${acked}, after ${ms} ms`);
    fault.end();
    const told = () => refusalsIn(log.text()) - before;
    const healed = await expect
      .poll(told, PATIENCE)
      .toBe(3)
      .then(
        () => true,
        () => false,
      );
    if (!healed) bad.push(`of 3 lines ${told()} were in the log afterwards`);
    if (child.exitCode !== null || child.signalCode !== null) bad.push('the process ended');
    counts.tries += 1;
    if (bad.length > 3) break;
  }
  log.faults[0]?.begin();
  logSomething();
  const stopped = once(child, 'exit');
  child.kill('SIGTERM');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await stopped;
  clearTimeout(tooLong);
  if (child.exitCode !== 0) bad.push(`it ended with ${child.exitCode} while the log was full`);
  log.faults[0]?.end();
  const stored = new Set(statesOf(town.file).map(({ id }) => id));
  const lost = acknowledged.filter((id) => !stored.has(id));
  const torn = linesOf(log.text()).filter((line) => !isJson(line));
  reportProof('log_full', { ...counts, lost: lost.length, wrong: bad.length + torn.length });
  expect({ lost, bad, torn }).toEqual({ lost: [], bad: [], torn: [] });
}

/** A pipe whose reader the test is: it stops reading, or goes away and comes back. */
function openPipe(folder: string): Log {
  const path = join(folder, 'log');
  execFileSync('mkfifo', [path]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const openEnd = () => openSync(path, O_RDONLY | O_NONBLOCK);
  let end: number | null = openEnd();
  const filler = openSync(path, O_WRONLY | O_NONBLOCK);
  // As a shell opens it: whoever writes to it when it is full has to wait.
  const descriptor = openSync(path, O_WRONLY);
  const chunk = Buffer.alloc(64 * 1024);
  let stopped = false;
  let text = '';
  const read = () => {
    if (end === null || stopped) return text;
    try {
      for (;;) {
        const length = readSync(end, chunk);
        if (length === 0) break;
        text += chunk.toString('utf8', 0, length);
      }
    } catch {
      // Nothing is there at the moment.
    }
    return text;
  };
  const fill = () => {
    for (const piece of [Buffer.alloc(PAGE_BYTES, '\n'), Buffer.from('\n')]) {
      try {
        for (;;) writeSync(filler, piece);
      } catch {
        // It is full.
      }
    }
  };
  onTestFinished(() => {
    for (const each of [end, filler, descriptor]) if (each !== null) closeSync(each);
  });
  return {
    descriptor,
    text: read,
    faults: [
      {
        begin() {
          read();
          stopped = true;
          fill();
        },
        end() {
          stopped = false;
        },
      },
      {
        begin() {
          read();
          if (end !== null) closeSync(end);
          end = null;
        },
        end() {
          end = openEnd();
        },
      },
    ],
  };
}

it('goes on when nobody reads its log any more, and the log goes on when somebody does', {
  timeout: 60_000 + CYCLES * 8_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await surviveFaults(openPipe(folder));
});

const disk: SmallDisk | null = mountSmallDisk(1);
if (disk === null) process.stdout.write('A full disk is not tried: mounting a small one needs root.\n');

it.skipIf(disk === null)(
  'goes on when the disk of its log is full, and the log goes on when it is not',
  {
    timeout: 60_000 + CYCLES * 8_000,
  },
  async () => {
    if (disk === null) return;
    const file = join(disk.folder, 'log');
    const descriptor = openSync(file, 'a');
    onTestFinished(() => {
      closeSync(descriptor);
      disk.remove();
    });
    await surviveFaults({
      descriptor,
      text: () => readFileSync(file, 'utf8'),
      faults: [
        {
          begin() {
            // The page that the log has begun is its own even on a full disk.
            writeSync(descriptor, '\n'.repeat(PAGE_BYTES - (fstatSync(descriptor).size % PAGE_BYTES)));
            disk.fill();
          },
          end: disk.free,
        },
      ],
    });
  },
);
