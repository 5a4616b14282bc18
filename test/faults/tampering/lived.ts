import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { decideCampaign } from '../../../src/exports/campaigns/decide.ts';
import { decideCatalogue } from '../../../src/exports/catalogue-decide.ts';
import { backupFile, type Head, openLedger } from '../../../src/store/index.ts';
import { World } from '../../simulation/world.ts';
import { PRIYA, people, SOFIA } from '../../support/campaign-core.ts';
import { aBrief } from '../../support/campaigns.ts';
import { directory } from '../../support/core.ts';
import { countingIds, ManualClock, T0 } from '../../support/manual-clock.ts';

/**
 * A ledger as days of work leave it: exports of every type in every state, people who went out and came
 * back, two campaigns, names of SKUs elsewhere. One file, in `folder`.
 */
export async function livedLedger(
  folder: string,
  plan: { seed: number; days: number },
): Promise<{ file: string; head: Head; events: number }> {
  const file = join(folder, 'lived.db');
  const world = new World(plan);
  try {
    await world.begin();
    await world.live();
    if (world.failure) throw new Error(`The life failed: ${world.failure.fact}`);
    await backupFile(world.file, file);
  } finally {
    await world.close();
  }
  await campaignsAndNames(file);
  const whole = join(folder, 'whole.db');
  const { report } = await backupFile(file, whole);
  for (const end of ['', '-wal', '-shm', '-lock']) rmSync(`${file}${end}`, { force: true });
  return { file: whole, head: report.head, events: report.events };
}

async function campaignsAndNames(file: string): Promise<void> {
  const ledger = await openLedger({ file, clock: new ManualClock(), ids: countingIds() });
  for (const name of ['Autumn linen', 'Winter wool']) {
    const by = { do: 'create', by: SOFIA, via: 'slack', owner: PRIYA, channel: '#promo-approvals' } as const;
    const brief = aBrief(T0, { name });
    await ledger.changeCampaign(name, T0, (campaign, claimants) =>
      decideCampaign(campaign, { ...by, brief }, { now: T0, directory: people, claimants }),
    );
  }
  const aliases = ['A', 'B', 'C'].map((sku) => ({ system: 'oms', sku, alias: `OMS-${sku}` }));
  const context = { directory, systems: new Set(['oms']) };
  await ledger.changeCatalogue(T0, (view) => decideCatalogue(view, { do: 'import_skus', aliases }, context));
  await ledger.close();
}
