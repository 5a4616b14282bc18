import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decideCampaign } from '../../../src/exports/campaigns/decide.ts';
import { decideCatalogue } from '../../../src/exports/catalogue-decide.ts';
import { backupFile, type Head, openLedger } from '../../../src/store/index.ts';
import type { Ledger } from '../../../src/store/port.ts';
import { PRIYA, people, SOFIA } from '../../support/campaign-core.ts';
import { aBrief } from '../../support/campaigns.ts';
import { directory } from '../../support/core.ts';
import { delivering, received } from '../../support/events.ts';
import { countingIds, ManualClock, T0 } from '../../support/manual-clock.ts';

const EXPORTS = 12;
const CHANNEL = 'C0MERCH';

export type Filled = {
  /** One file, without a write-ahead log. */
  whole: string;
  /** A file with a write-ahead log that nobody folded into it, as a crash leaves it. */
  crashed: string;
  head: Head;
};

/** A ledger with rows in every table, begun anew or going on from `from`. */
export async function filledLedger(folder: string, from: string | null): Promise<Filled> {
  const file = join(folder, 'filled.db');
  if (from !== null) copyFileSync(from, file);
  const open = () => openLedger({ file, clock: new ManualClock(), ids: countingIds() });
  const first = await open();
  for (let n = 0; n < EXPORTS; n += 1) await live(first, n, from === null ? 'a' : 'b');
  if (from === null) await campaignsAndNames(first);
  await aside(first);
  await first.close();
  const whole = join(folder, 'filled-in-one-file.db');
  await backupFile(file, whole);

  const second = await open();
  // A reader keeps the log from being folded into the file at the end.
  const reader = new Database(file, { readonly: true });
  reader.prepare('SELECT count(*) FROM events').get();
  for (let n = EXPORTS; n < 2 * EXPORTS; n += 1) await live(second, n, from === null ? 'a' : 'b');
  const head = second.head();
  await second.close();
  reader.close();
  if (!existsSync(`${file}-wal`)) throw new Error('The write-ahead log is gone.');
  return { whole, crashed: file, head };
}

/** Received, and some of it accepted and claimed; each is an event or more in a transaction of its own. */
async function live(ledger: Ledger, n: number, kind: string): Promise<void> {
  const id = `01930000-0000-7000-8${kind}00-${n.toString(16).padStart(12, '0')}`;
  const key = { source: 'pim', key: id, body_hash: 'b'.repeat(64) };
  await ledger.intake(T0 + n, key, () => ({
    export_id: id,
    events: [received({ idempotency_key: id })],
    remember: { ...key, answer: (after) => ({ export_id: after.id }) },
  }));
  if (n % 3 === 0) await ledger.update(id, T0, () => ({ events: delivering(id) }));
  if (n % 6 === 0) await ledger.claim([`push:${id}:shop`], T0, 60_000);
  if (n % 4 === 1) await ledger.collapse(CHANNEL, [`card:${id}:${CHANNEL}`], T0);
  await ledger.saveMessage({
    post_id: `card:${id}`,
    export_id: id,
    channel: CHANNEL,
    ts: `${1_700_000_000 + n}.000100`,
    body_hash: 'c'.repeat(64),
  });
  await ledger.update(id, T0 + n, () => ({ events: [{ type: 'reminded', to: [PRIYA] }] }));
}

/** Rows that no export makes. */
async function aside(ledger: Awaited<ReturnType<typeof openLedger>>): Promise<void> {
  for (let n = 0; n < EXPORTS; n += 1) {
    const event = { id: `w${n}`, event_key: `e${n}`, topic: 'orders/create', body_hash: 'd'.repeat(64) };
    await ledger.inbound.note({ source: 'shop', ...event, work: { order: n } }, T0 + n);
    if (n % 3 === 0)
      await ledger.inbound.settle({ source: 'shop', id: `w${n}`, result: { kind: 'done' } }, T0);
    await ledger.inbound.pulled('shop', `stream-${n}`, [], T0 + n, T0);
    await ledger.homeOpened(`person-${n}`, T0 + n);
    await ledger.firstSeen('slack', `delivery-${n}`, 'e'.repeat(64), T0, 900_000);
  }
  await ledger.workspace({ team: 'T01NORTHWIND', name: 'Northwind Goods' });
}

async function campaignsAndNames(ledger: Ledger): Promise<void> {
  const by = { do: 'create', by: SOFIA, via: 'slack', owner: PRIYA, channel: '#promo-approvals' } as const;
  for (const name of ['Autumn linen', 'Winter wool']) {
    const brief = aBrief(T0, { name });
    await ledger.changeCampaign(name, T0, (campaign, claimants) =>
      decideCampaign(campaign, { ...by, brief }, { now: T0, directory: people, claimants }),
    );
  }
  const aliases = ['A', 'B', 'C'].map((sku) => ({ system: 'oms', sku, alias: `OMS-${sku}` }));
  const context = { directory, systems: new Set(['oms']) };
  await ledger.changeCatalogue(T0, (view) => decideCatalogue(view, { do: 'import_skus', aliases }, context));
}
