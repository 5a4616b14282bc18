import { isDeepStrictEqual } from 'node:util';
import { replayCampaign } from '../exports/campaigns/evolve.ts';
import { type CampaignRow, campaignRow, campaignsOver, claimedBy } from './campaigns.ts';
import type { Connection } from './connection.ts';
import { type Found, REBUILD, RESTORE } from './faults.ts';

/** Makes every campaign again from its events and compares it with what is stored, its claims included. */
export function verifyCampaigns(connection: Connection, found: Found): void {
  const campaigns = campaignsOver(connection);
  const rows = connection.iterate<CampaignRow>(
    'SELECT id, status, owner, created_by, name, created_at, due_at, version, state FROM campaigns ORDER BY id',
  );
  const held = connection.one('SELECT 1 FROM claims WHERE kind = ? AND value = ? AND campaign_id = ?');
  let claims = 0;
  for (const row of rows()) {
    const where = `campaign ${row.id}`;
    try {
      const events = campaigns.events(row.id);
      if (events.some(({ n }, index) => n !== index + 1))
        found('The events of the campaign are not in order', where, RESTORE);
      const made = replayCampaign(row.id, events);
      if (made === null) {
        found('The campaign has no events', where, RESTORE);
        continue;
      }
      const { state, ...columns } = row;
      const { state: _, ...expected } = campaignRow(made);
      if (!isDeepStrictEqual(JSON.parse(state), made) || !isDeepStrictEqual(columns, expected))
        found('The stored campaign is not what its events make', where, REBUILD);
      const own = claimedBy(made);
      claims += own.length;
      if (own.some((each) => !held(each.kind, each.value, row.id)))
        found('A keyword or page of the campaign is not noted as its own', where, REBUILD);
    } catch (error) {
      found(`The campaign cannot be replayed (${(error as Error).message})`, where, RESTORE);
    }
  }
  const noted = connection.one<{ n: number }>('SELECT count(*) AS n FROM claims')()?.n ?? 0;
  if (noted > claims)
    found('Keywords or pages are noted for campaigns that do not claim them', 'claims', REBUILD);
}
