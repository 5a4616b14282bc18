import { setImmediate as turn } from 'node:timers/promises';
import type { Event, Recorded } from '../exports/events.ts';
import { Status } from '../exports/words.ts';
import type { Campaigns } from './campaigns.ts';
import type { CatalogueTable } from './catalogue.ts';
import type { Connection, Tally, Value } from './connection.ts';
import type { DirectoryRow } from './directory.ts';
import type { Homes } from './homes.ts';
import type { Messages } from './messages.ts';
import type { ExportFilter, ExportSummary, LedgerReader } from './port.ts';
import { recordsOver } from './records.ts';
import type { Tables } from './updates.ts';
import { COUNTED_AT_MOST, vitalsOver } from './vitals.ts';

/** Above every id. */
const NEWEST = '\u{10ffff}';
/** Rows looked at in one go for filters that no index serves; then the event loop has its turn. */
const PAGE = 500;

const SUMMARY = 'id, status, type AS export_type, owner, campaign_id, source, received_at, due_at';

/** Answered from a partial index, so that exports without a deadline cost nothing. */
export const DUE = 'SELECT id FROM exports WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?';

/** Reads see what is committed: a transaction never spans a turn of the event loop. */
export function readsOver(
  connection: Connection,
  { rows, tasks, subjects, parties, previews, digests, outbox }: Tables,
  {
    messages,
    directory,
    catalogue,
    campaigns,
    homes,
  }: {
    messages: Messages;
    directory: DirectoryRow;
    catalogue: CatalogueTable;
    campaigns: Campaigns;
    homes: Homes;
  },
  tally: () => Readonly<Tally>,
): LedgerReader {
  const vitals = vitalsOver(connection);
  const events = connection.all<{ n: number; at: number; data: string }>(
    'SELECT n, at, data FROM events WHERE export_id = ? ORDER BY n',
  );
  const record = recordsOver(connection);
  const due = connection.all<{ id: string }>(DUE);
  const latest = (where: string): ((...params: Value[]) => ExportSummary[]) =>
    connection.all<ExportSummary>(
      `SELECT ${SUMMARY} FROM exports WHERE ${where} AND id < ? ORDER BY id DESC LIMIT ?`,
    );
  const any = latest('TRUE');
  const byStatus = latest('status = ?');
  const byOwner = latest('owner = ? AND status = ?');
  const byCampaign = latest('campaign_id = ?');
  const bySku = connection.all<ExportSummary>(
    `SELECT ${SUMMARY} FROM exports WHERE id IN (
      SELECT export_id FROM skus WHERE sku = ? AND export_id < ? ORDER BY export_id DESC LIMIT ?
    ) ORDER BY id DESC`,
  );
  const overdue = connection.one<{ n: number }>(
    `SELECT count(*) AS n FROM (
      SELECT 1 FROM exports WHERE due_at IS NOT NULL AND due_at <= ? LIMIT ${COUNTED_AT_MOST}
    )`,
  );
  /** One seek a lane instead of a look at every row. */
  const oldest = connection.one<{ due_at: number | null }>(`WITH RECURSIVE each (lane) AS (
    SELECT min(lane) FROM outbox
    UNION ALL
    SELECT (SELECT min(lane) FROM outbox WHERE lane > each.lane) FROM each WHERE lane IS NOT NULL
  ) SELECT min((SELECT min(due_at) FROM outbox WHERE outbox.lane = each.lane)) AS due_at FROM each`);

  /** The next rows older than `before`, by the narrowest index that the filter allows. */
  function older(filter: ExportFilter, before: string, size: number): ExportSummary[] {
    const { owner, status, campaign_id, sku } = filter;
    if (sku !== undefined) return bySku(sku, before, size);
    if (campaign_id !== undefined) return byCampaign(campaign_id, before, size);
    if (owner === undefined) return status === undefined ? any(before, size) : byStatus(status, before, size);
    return (status === undefined ? Status.options : [status])
      .flatMap((each) => byOwner(owner, each, before, size))
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, size);
  }

  return {
    async get(id) {
      return rows.load(id);
    },
    async events(id) {
      return events(id).map(
        ({ n, at, data }): Recorded => ({ export_id: id, n, at, event: JSON.parse(data) as Event }),
      );
    },
    async record(id, version) {
      return record(id, version);
    },
    async list(filter) {
      const wanted: [keyof ExportSummary, string | undefined][] = [
        ['status', filter.status],
        ['export_type', filter.export_type],
        ['owner', filter.owner],
        ['source', filter.source],
        ['campaign_id', filter.campaign_id],
      ];
      const byTwo = filter.campaign_id === undefined ? ['owner', 'status'] : ['campaign_id'];
      const indexed = filter.sku === undefined ? byTwo : [];
      const needsLook = wanted.some(([key, value]) => value !== undefined && !indexed.includes(key));
      const size = needsLook ? PAGE : filter.limit;
      const found: ExportSummary[] = [];
      let before = filter.before ?? NEWEST;
      for (;;) {
        const page = older(filter, before, size);
        found.push(
          ...page.filter((row) => wanted.every(([key, value]) => value === undefined || row[key] === value)),
        );
        const last = page.at(-1);
        if (found.length >= filter.limit || page.length < size || !last) return found.slice(0, filter.limit);
        before = last.id;
        await turn();
      }
    },
    async tasks(filter) {
      return tasks.find(filter);
    },
    async task(idOrKey) {
      return tasks.get(idOrKey);
    },
    async desk(who, person, limit) {
      return parties.desk(who, person, limit);
    },
    async deskCount(who, person, now, most) {
      return parties.count(who, person, now, most);
    },
    async digestCounts(channel) {
      return digests.counts(channel);
    },
    async digestRows(channel, limit, exportType) {
      return digests.rows(channel, limit, exportType);
    },
    async homesSince(at) {
      return homes.since(at);
    },
    async message(postId) {
      return messages.find(postId);
    },
    async messageAt(channel, ts) {
      return messages.at(channel, ts);
    },
    async newest(wanted) {
      return wanted
        .map((subject) => subjects.newestFor(subject))
        .reduce((best, head) => (head && (!best || head.occurred_at > best.occurred_at) ? head : best), null);
    },
    async outAfter(wanted, than) {
      return [...new Set(wanted.flatMap((subject) => subjects.outAfter(subject, than)))];
    },
    async directory() {
      return directory.overlay();
    },
    async aliases(system, skus) {
      return catalogue.aliases(system, skus);
    },
    async allAliases() {
      return catalogue.all();
    },
    async previewsWaitingFor(skus) {
      return previews.waitingFor(skus);
    },
    async directoryChanges() {
      return directory.changes();
    },
    async campaign(id) {
      return campaigns.load(id);
    },
    async campaignEvents(id) {
      return campaigns.events(id);
    },
    async campaigns(filter) {
      return campaigns.list(filter);
    },
    async campaignsDue(now, limit) {
      return campaigns.due(now, limit);
    },
    async underWay(keys, now) {
      return outbox.underWay(keys, now);
    },
    async due(now, limit) {
      return due(now, limit).map(({ id }) => id);
    },
    async pulse(now) {
      return {
        ...tally(),
        oldest_due_ms: Math.max(0, now - (oldest()?.due_at ?? now)),
        overdue_deadlines: overdue(now)?.n ?? 0,
      };
    },
    async vitals(now) {
      return vitals(now);
    },
  };
}
