import { systemClock, toIso } from '../clock.ts';
import { restoreLedger } from '../store/index.ts';
import { headText } from './ledger.ts';
import { environmentOf } from './setup.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `restore FILE`: a verified backup takes the place of the ledger, which is kept beside it. */
export async function restore(terminal: Terminal, from: string): Promise<ExitCode> {
  const file = environmentOf(terminal.env).MESHLINE_DB;
  const stamp = toIso(systemClock.now()).replaceAll(/[:.]/g, '-');
  const { report, last_event_at, outbox, kept } = await restoreLedger(from, file, stamp);
  const until = last_event_at === null ? 'before anything happened' : `up to ${toIso(last_event_at)}`;
  terminal.out(
    `ok   ${file} is now ${from}: ${report.events} events of ${report.exports} exports, ${until}, verified.`,
  );
  terminal.out(`ok   The head is ${headText(report.head)}.`);
  if (kept !== null) terminal.out(`ok   The ledger that was there is kept as ${kept}.`);
  terminal.out(
    `Next: start Meshline. ${outbox} outbox rows are tried again under the keys they had, so that a sink that took one already answers as it did then.`,
  );
  terminal.out(
    'Then ask your sources to send again what they sent since, and look in the sinks for what was pushed since: this ledger does not know of it. Begin a new head file.',
  );
  return 0;
}
