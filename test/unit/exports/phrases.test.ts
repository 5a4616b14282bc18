import { expect, test } from 'vitest';
import {
  changePercent,
  count,
  itemName,
  list,
  lowestAmount,
  short,
  systemName,
  systemNames,
} from '../../../src/exports/phrases.ts';

test.each([
  ['19.90', '15.92', '-20 %'],
  ['12.90', '13.50', '+4.7 %'],
  ['1000.00', '999.99', 'less than 0.1 % down'],
  ['1000.00', '1000.01', 'less than 0.1 % up'],
  ['10', '10.00', 'unchanged'],
  ['0', '9.90', 'was free'],
])('%s to %s is %s', (before, after, words) => {
  expect(changePercent(before, after)).toBe(words);
});

test('counts and lists read as English', () => {
  expect(count(1, 'SKU')).toBe('1 SKU');
  expect(count(5000, 'SKU')).toBe('5,000 SKUs');
  expect(list([])).toBe('');
  expect(list(['A', 'B', 'C'])).toBe('A, B and C');
  expect(list(['A', 'B', 'C', 'D'])).toBe('A, B and 2 more');
});

test.each([
  ['shopify', 'Shopify'],
  ['bigcommerce-us', 'BigCommerce US'],
  ['oms', 'OMS'],
  ['constructor', 'Constructor'],
])('the system %s is called %s', (label, name) => {
  expect(systemName(label)).toBe(name);
  expect(systemNames([label])).toBe(name);
});

test('cutting never leaves half a character', () => {
  expect(short('a😀b', 3)).toBe('a…');
  expect(short('abc', 3)).toBe('abc');
});

test('amounts are compared as decimals', () => {
  expect(lowestAmount(['10.00', '9.5', '9.50'])).toBe('9.5');
  expect(itemName({ sku: 'A', title: null })).toBe('A');
});
