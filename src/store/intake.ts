import type { Json } from '../exports/envelope.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { Campaigns } from './campaigns.ts';
import type { Connection, Tx } from './connection.ts';
import type { FirstSeen } from './deliveries.ts';
import type { Delivery, IntakeDecision, IntakeResult, IntakeView } from './port.ts';
import { record, type Tables } from './updates.ts';

type Remembered = { body_hash: string; answer: string };

export type Intake = (
  tx: Tx,
  now: number,
  key: { source: string; key: string; body_hash: string },
  decide: (view: IntakeView) => IntakeDecision | Refusal,
  delivery?: Delivery,
) => IntakeResult;

/** Stores what arrives once: the key and its answer are kept in the same transaction as the events. */
export function intakeOver(
  connection: Connection,
  tables: Tables,
  campaigns: Pick<Campaigns, 'claimants' | 'load'>,
  firstSeen: FirstSeen,
): Intake {
  const find = connection.one<Remembered>(
    'SELECT body_hash, answer FROM idempotency WHERE source = ? AND key = ?',
  );
  const remember = connection.write(
    'INSERT INTO idempotency (source, key, body_hash, answer, export_id) VALUES (?, ?, ?, ?, ?)',
  );
  const seen: IntakeView['seen'] = (source, key) => {
    const row = find(source, key);
    return row ? { body_hash: row.body_hash, answer: JSON.parse(row.answer) as Json } : null;
  };
  const claimed = (tx: Tx, now: number, { scope, id, body_hash, keep_ms }: Delivery) =>
    firstSeen(tx, scope, id, body_hash, now, keep_ms);
  const view: IntakeView = {
    seen,
    openFor: (subjects) => tables.rows.openFor(subjects),
    newestFor: (subject) => tables.subjects.newestFor(subject),
    promosOn: (skus, time) => tables.promos.on(skus, time),
    isCampaign: (id) => (campaigns.load(id)?.status ?? 'ended') !== 'ended',
    owners: (kind, value) =>
      campaigns
        .claimants('')({ kind, value })
        .map((each) => each.campaign_id),
  };
  return (tx, now, key, decide, delivery) => {
    if (delivery && claimed(tx, now, delivery) === 'other')
      return { kind: 'refused', refusal: refuse('replayed') };
    const earlier = seen(key.source, key.key);
    if (earlier) {
      return earlier.body_hash === key.body_hash
        ? { kind: 'repeat', answer: earlier.answer }
        : { kind: 'refused', refusal: refuse('conflict', { key: key.key }) };
    }
    const decision = decide(view);
    if (isRefusal(decision)) return { kind: 'refused', refusal: decision };
    const id = decision.export_id;
    const before = tables.rows.load(id);
    const { after, recorded } = record(tx, tables, id, before, decision.events, now);
    const first = decision.remember;
    const answer = first.answer(after);
    remember(tx, first.source, first.key, first.body_hash, JSON.stringify(answer), id);
    return { kind: 'stored', answer, committed: { before, after, events: recorded, answer: null } };
  };
}
