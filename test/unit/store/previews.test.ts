import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { aRevision, delivering, received } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { type Fresh, freshLedger, take } from './ledger.ts';

const payload = { handle: 'beanie', variants: [{ sku: 'b-1' }, { sku: 'B-2' }] };

/** A preview that stands and waits for stock. */
async function standing({ ledger, ids }: Fresh): Promise<string> {
  const id = ids.uuid();
  await take(ledger, id, received({ revision: aRevision({ intent: 'publish_preview', payload }) }));
  await ledger.update(id, T0, () => ({ events: [...delivering(id), { type: 'delivered' }] }));
  return id;
}

it('is found by the SKUs that it waits for, until somebody has asked to publish it', async () => {
  const fresh = await freshLedger();
  const { ledger } = fresh;
  const id = await standing(fresh);
  expect(await ledger.previewsWaitingFor(['B-1', 'C'])).toEqual([id]);
  expect(await ledger.previewsWaitingFor(['C'])).toEqual([]);
  expect((await ledger.verify()).faults).toEqual([]);
  await ledger.update(id, T0, () => ({ events: [{ type: 'preview_closed', live: null }] }));
  expect(await ledger.previewsWaitingFor(['B-1', 'B-2'])).toEqual([]);
  expect((await ledger.verify()).faults).toEqual([]);
});

it.each([
  ["DELETE FROM previews WHERE sku = 'B-1'", /does not wait/],
  ["INSERT INTO previews SELECT 'C', export_id FROM previews LIMIT 1", /do not need/],
])('does not verify after %s', async (sql, what) => {
  const fresh = await freshLedger();
  await standing(fresh);
  const db = new Database(fresh.file);
  db.exec(sql);
  db.close();
  expect((await fresh.ledger.verify()).faults).toMatchObject([{ what: expect.stringMatching(what) }]);
});
