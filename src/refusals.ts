import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type Clock, fromIso, toIso } from './clock.ts';
import type { Environment } from './config.ts';
import { DAY_MS } from './exports/words.ts';
import { readHeadLines } from './head-line.ts';
import type { Found } from './store/index.ts';
import type { Workspace } from './store/port.ts';

/** Why Meshline does not start as things are, in a sentence that says what to do. Nothing was changed. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** Meshline is younger than this, so no clock that says less is right. */
const EARLIEST = fromIso('2025-01-01T00:00:00.000Z');

/** What is missing in the environment for running beside Slack; the sandbox demo needs none of it. */
export function missingFor(environment: Environment): string[] {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = environment;
  return [
    ...(bot === undefined ? ['SLACK_BOT_TOKEN is not set: see "Connecting a workspace" in the README.'] : []),
    ...(app === undefined && signing === undefined
      ? ['Clicks cannot arrive: set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.']
      : []),
  ];
}

/** Why the port cannot be listened at, or null; nothing stays open. */
export async function portTrouble(host: string, port: number): Promise<StartRefused | null> {
  if (port === 0) return null;
  const server = createServer();
  const code = await new Promise<string | null>((resolve) => {
    server.once('error', (error) => resolve(String(Reflect.get(error, 'code'))));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  return code === null ? null : new StartRefused(whyNot(code, host, port));
}

function whyNot(code: string, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken by another program. Stop that one, or set MESHLINE_PORT to a free port.`;
  if (code === 'EACCES')
    return `Port ${port} may not be listened at by this user. Set MESHLINE_PORT to one above 1023.`;
  return `${host} is no address of this machine (${code}). Set MESHLINE_HOST to one that is, such as 127.0.0.1 or 0.0.0.0.`;
}

export type Admission = {
  clock: Clock;
  /** The clock is right however long after now the newest event is: it was wrong before. */
  trustClock: boolean;
  /** Where heads are noted, when they are. */
  headFile: string | null;
  /** Found before; told only when nothing weighs more. */
  port: StartRefused | null;
};

/** @throws StartRefused when going on with this ledger, here and now, would do harm. */
export function admit({ clock, trustClock, headFile, port }: Admission, found: Found): void {
  const now = clock.now();
  if (now < EARLIEST)
    throw new StartRefused(`This machine's clock says ${toIso(now)}. Set it by NTP, and start again.`);
  if (!trustClock && found.newest !== null && found.newest.at > now + DAY_MS)
    throw new StartRefused(
      `This machine's clock says ${toIso(now)}, and the newest event of the ledger is of ${toIso(found.newest.at)}. Set the clock by NTP; or, if it is right and was wrong before, start once with --trust-clock.`,
    );
  if (headFile !== null) followsHead(headFile, found);
  if (port !== null) throw port;
}

/** The ledger still holds the last head that was noted outside of it. */
function followsHead(file: string, found: Found): void {
  const last = readHeadLines(textOf(file)).heads.at(-1);
  if (last === undefined) return;
  const hash = found.hashAt(last.seq);
  if (hash?.equals(last.hash)) return;
  const trouble =
    hash === null
      ? `The ledger ends at event ${found.newest?.seq ?? 0}, and ${file} notes event ${last.seq}: its end was cut off, or an older copy stands in its place`
      : `Event ${last.seq} of the ledger is not the one that ${file} notes: another ledger stands in its place, or it was rewritten`;
  throw new StartRefused(
    `${trouble}. After a restore, move ${file} aside and start again; else put the right ledger back (docs/recovery.md).`,
  );
}

/** A file that is not there yet notes nothing; one that cannot be read is told by its own job. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @throws StartRefused when the bot token is that of another workspace than the ledger's. */
export function sameWorkspace(ours: Workspace, told: Workspace): void {
  if (ours.team === told.team) return;
  throw new StartRefused(
    `The ledger belongs to the workspace ${ours.name} (${ours.team}), and the bot token to ${told.name} (${told.team}). Use a token of the first, or set MESHLINE_DB to a ledger of its own.`,
  );
}
