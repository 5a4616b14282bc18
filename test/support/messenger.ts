import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts';
import { createClients } from '../../src/bot/clients.ts';
import { createMessenger } from '../../src/bot/messenger.ts';
import type { Catalog } from '../../src/exports/define.ts';
import type { Event } from '../../src/exports/events.ts';
import type { Directory } from '../../src/exports/ownership.ts';
import type { Messenger, SlackOutcome } from '../../src/flow/ports.ts';
import type { Log } from '../../src/log.ts';
import { openLedger } from '../../src/store/index.ts';
import type { Ledger, OutboxRow } from '../../src/store/port.ts';
import { catalog, directory, type Scene } from '../unit/bot/scenes.ts';
import { countingIds, ManualClock } from './manual-clock.ts';

export type Logged = { level: string; message: string; facts: object };

/** The Messenger over a real ledger and a real (small) Slack. */
export type Desk = {
  sandbox: Sandbox;
  ledger: Ledger;
  clock: ManualClock;
  messenger: Messenger;
  logged: Logged[];
  /** Commits what happened to an export, with its effects. */
  commit(scene: Scene): Promise<void>;
  /** Commits one more event. */
  happened(exportId: string, ...events: Event[]): Promise<void>;
  /** Sends each Slack row that waits once, most urgent first, and settles it. */
  drain(fits?: (row: OutboxRow) => boolean): Promise<SlackOutcome[]>;
  /** Sends a row and forgets to settle it, as a process does that dies after the call. */
  dieAfter(fits: (row: OutboxRow) => boolean): Promise<void>;
  /** A messenger that remembers nothing, as after a restart. */
  restart(): void;
  close(): Promise<void>;
};

const SLACK_KINDS = new Set(['card', 'note', 'dm', 'page']);
const LEASE_MS = 30_000;

export async function messengerDesk(
  options: SandboxOptions = {},
  world: { catalog: Catalog; directory: Directory } = { catalog, directory },
): Promise<Desk> {
  const clock = new ManualClock();
  const folder = mkdtempSync(join(tmpdir(), 'meshline-'));
  const sandbox = await startSandbox({ clock, ...options });
  const ledger = await openLedger({
    file: join(folder, 'ledger.db'),
    clock,
    ids: countingIds(),
    synchronous: 'normal',
  });
  const logged: Logged[] = [];
  const writing = (level: string) => (facts: object, message: string) =>
    logged.push({ level, message, facts });
  const log: Log = { info: writing('info'), warn: writing('warn'), error: writing('error') };
  const { posting } = createClients({ token: sandbox.botToken, slack_api_url: sandbox.apiUrl, log });
  const fresh = () =>
    createMessenger({
      client: posting,
      ledger,
      catalog: world.catalog,
      directory: () => world.directory,
      clock,
      log,
    });

  async function due(fits: (row: OutboxRow) => boolean): Promise<readonly OutboxRow[]> {
    const waiting = await ledger.waiting(clock.now(), 500);
    const keys = waiting
      .filter((row) => SLACK_KINDS.has(row.effect.kind) && fits(row))
      .toSorted((a, b) => a.priority - b.priority)
      .map((row) => row.key);
    return ledger.claim(keys, clock.now(), LEASE_MS);
  }

  async function commitAll(exportId: string, events: readonly Event[], at: number): Promise<void> {
    const answer = await ledger.update(exportId, at, () => ({ events }));
    if ('refused' in answer) throw new Error(`Refused: ${answer.refused}`);
  }

  const desk: Desk = {
    sandbox,
    ledger,
    clock,
    messenger: fresh(),
    logged,
    async commit({ recorded }) {
      for (const { export_id, at, event } of recorded) await commitAll(export_id, [event], at);
    },
    happened: (exportId, ...events) => commitAll(exportId, events, clock.now()),
    async drain(fits = () => true) {
      const outcomes: SlackOutcome[] = [];
      for (const row of await due(fits)) {
        const outcome = await desk.messenger.send(row);
        outcomes.push(outcome);
        const result =
          outcome.kind === 'later'
            ? { later: clock.now() + outcome.after_ms, cause: outcome.cause }
            : { done: true as const };
        await ledger.settle({ key: row.key, token: row.token, result });
      }
      return outcomes;
    },
    async dieAfter(fits) {
      for (const row of await due(fits)) await desk.messenger.send(row);
      clock.advance(LEASE_MS + 1);
    },
    restart() {
      desk.messenger = fresh();
    },
    async close() {
      await sandbox.close();
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return desk;
}
