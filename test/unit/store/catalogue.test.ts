import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Alias } from '../../../src/exports/catalogue.ts';
import { decideCatalogue } from '../../../src/exports/catalogue-decide.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import { openLedger } from '../../../src/store/index.ts';
import { directory } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import { type Fresh, freshLedger } from './ledger.ts';

const context = { directory, systems: new Set(['oms', 'shop']) };
const of = (sku: string, alias: string, system = 'oms'): Alias => ({ system, sku, alias });

function imported({ ledger }: Fresh, ...aliases: Alias[]) {
  return ledger.changeCatalogue(T0, (view) => decideCatalogue(view, { do: 'import_skus', aliases }, context));
}

describe('what other systems call our SKUs', () => {
  it('is in the chain and in a table, and a reopening finds it', async () => {
    const fresh = await freshLedger();
    await imported(fresh, of('A', 'X'), of('B', 'Y'), of('A', 'X', 'shop'));
    await imported(fresh, of('A', 'Y'), of('B', 'X'));
    const names = { A: { alias: 'Y', at: T0 }, B: { alias: 'X', at: T0 } };
    expect(await fresh.ledger.aliases('oms', ['A', 'B', 'C'])).toEqual(names);
    expect(fresh.ledger.head().seq).toBe(2);
    await fresh.ledger.close();
    const again = await openLedger(fresh);
    expect(await again.aliases('oms', ['A', 'B'])).toEqual(names);
    expect(await again.allAliases()).toHaveLength(3);
    expect((await again.verify()).faults).toEqual([]);
    await again.close();
  });

  it('commits nothing of a list with a fault', async () => {
    const fresh = await freshLedger();
    const refused = await imported(fresh, of('A', 'X'), of('B', 'X'));
    expect(isRefusal(refused) && refused.refused).toBe('alias_taken');
    expect(await fresh.ledger.allAliases()).toEqual([]);
    expect(fresh.ledger.head().seq).toBe(0);
  });

  it.each([
    "UPDATE aliases SET alias = 'Z' WHERE sku = 'A'",
    "DELETE FROM aliases WHERE sku = 'A'",
    "INSERT INTO aliases VALUES ('oms', 'C', 'W', 1)",
  ])('does not verify after %s', async (sql) => {
    const fresh = await freshLedger();
    await imported(fresh, of('A', 'X'));
    const db = new Database(fresh.file);
    db.exec(sql);
    db.close();
    const { faults } = await fresh.ledger.verify();
    expect(faults).toMatchObject([{ where: 'aliases' }]);
  });
});
