import { deciders, names } from '../exports/gates.ts';
import type { PersonId } from '../exports/ownership.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import type { DigestPage } from './ports.ts';
import type { Flow } from './settings.ts';

/** Exports on one page of a digest's review. */
export const DIGEST_PAGE = 20;
/** How many are accepted with one click at the most; the rest waits for the next. */
export const MOST_TOGETHER = 2_000;
/** How many are looked at to tell whether somebody may decide in this channel. */
const SAMPLE = 20;

/** One page of what waits in a channel's digest, the most urgent first. */
export async function digestPage(flow: Flow, channel: string, wanted: number): Promise<DigestPage> {
  const counts = await flow.ledger.digestCounts(channel);
  const all = counts.reduce((sum, each) => sum + each.waiting, 0);
  const pages = Math.max(1, Math.ceil(all / DIGEST_PAGE));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const rows = await flow.ledger.digestRows(channel, (page + 1) * DIGEST_PAGE);
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const here = rows.slice(page * DIGEST_PAGE);
  const states = await Promise.all(here.map((row) => flow.ledger.get(row.export_id)));
  const items = states.filter((state) => state !== null).map((state) => ({ state, directory, now }));
  return { counts, items, page, pages };
}

/** Posts a card for each export of the digest; for those who decide there, because it fills their channel. */
export async function expandDigest(flow: Flow, channel: string, by: PersonId): Promise<number | Refusal> {
  const { directory } = flow.settings();
  const rows = await flow.ledger.digestRows(channel, SAMPLE);
  const states = await Promise.all(rows.map((row) => flow.ledger.get(row.export_id)));
  const allowed = new Set(states.flatMap((state) => (state ? deciders(state, directory) : [])));
  if (rows.length > 0 && !allowed.has(by)) {
    return refuse('not_allowed', { verb: 'expand', allowed: names([...allowed], directory) });
  }
  return flow.ledger.expandDigest(channel, flow.clock.now());
}
