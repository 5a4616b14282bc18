import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openForReading } from '../../../src/store/open.ts';
import { verifyFile } from '../../../src/store/verify.ts';
import { T0 } from '../../support/manual-clock.ts';
import { freshLedger } from './ledger.ts';

/** Made from events, so that verify makes them again; all other tables hold a second copy of each row. */
const FROM_EVENTS: readonly string[] = [
  'aliases',
  'campaigns',
  'claims',
  'directory',
  'events',
  'exports',
  'parties',
  'previews',
  'promos',
  'skus',
  'subject_heads',
  'subject_outs',
];

it('each table is made from events, or each of its rows is sealed as a whole', async () => {
  const { file } = await freshLedger();
  const db = openForReading(file);
  const tables = db
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    .all();
  const unsealed = tables
    .filter(({ sql }) => !sql.includes('seal TEXT NOT NULL AS ('))
    .map(({ name }) => name);
  const gaps = tables
    .filter(({ name }) => !unsealed.includes(name))
    .flatMap(({ name, sql }) =>
      db
        .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${name}')`)
        .all()
        .filter((column) => !sql.includes(`quote(${column.name})`))
        .map((column) => `${name}.${column.name}`),
    );
  db.close();
  expect(unsealed.filter((name) => !FROM_EVENTS.includes(name))).toEqual([]);
  expect(gaps).toEqual([]);
});

it('finds a bit that flipped in a row that no event makes', async () => {
  const { file, ledger } = await freshLedger();
  await ledger.homeOpened('person-of-the-home', T0);
  await ledger.close();
  expect((await verifyFile(file)).faults).toEqual([]);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('person-of-the-home');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
  expect((await verifyFile(file)).faults).toMatchObject([
    { what: '1 rows are not what was written', where: 'homes' },
  ]);
});

it('finds a schema that no migration made', async () => {
  const { file, ledger } = await freshLedger();
  await ledger.close();
  const db = new Database(file);
  db.exec('DROP INDEX promos_by_end');
  db.close();
  expect((await verifyFile(file)).faults).toMatchObject([{ where: 'the file' }]);
});
