import { expect, it } from 'vitest';
import { connect } from '../../../src/store/connection.ts';
import { ledgerWithDatabase } from './ledger.ts';

it('a write needs a transaction', () => {
  const connection = connect(ledgerWithDatabase().db);
  expect(() => connection.one('DELETE FROM tasks RETURNING id')).toThrow('A write needs a transaction');
  expect(() => connection.all('DELETE FROM tasks RETURNING id')).toThrow('A write needs a transaction');
  const drop = connection.write('DELETE FROM tasks');
  // @ts-expect-error Only the writer can make the proof of a transaction that this asks for.
  expect(drop()).toBe(0);
});
