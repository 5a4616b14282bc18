import type { OnCallBoard } from './ports.ts';
import type { Flow } from './settings.ts';

/** More than anybody settles from one list. */
const INCIDENTS = 20;

/** Who is on call now and what was escalated to them and still waits, the oldest first. */
export async function onCallBoard(flow: Flow): Promise<OnCallBoard> {
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const rows = await flow.ledger.desk(['on_call'], '-', INCIDENTS);
  const states = await Promise.all(rows.map((row) => flow.ledger.get(row.export_id)));
  const incidents = states.filter((state) => state !== null).map((state) => ({ state, directory, now }));
  return { directory, now, incidents };
}
