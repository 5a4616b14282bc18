import { expect, it } from 'vitest';
import { ACTION, decodePage, decodeTarget, encodePage, encodeTarget, MODAL } from '../../../src/bot/ids.ts';

it('carries an export, a revision and the stage of a rollout, and nothing else', () => {
  const target = { export_id: '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f', revision: 12 };
  expect(encodeTarget(target)).toBe('v1:01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f:12');
  expect(decodeTarget(encodeTarget(target))).toEqual(target);
  const staged = { ...target, stage: 2 };
  expect(encodeTarget(staged)).toBe('v1:01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f:12:2');
  expect(decodeTarget(encodeTarget(staged))).toEqual(staged);
});

it.each([
  null,
  undefined,
  '',
  'v1:',
  'v1:a:-1',
  'v1:a:1:2:3',
  'v1:a:1:1e2',
  'v2:a:1',
  'v1:a b:1',
  'v1:a:1e9',
  `v1:${'a'.repeat(100)}:1`,
  '{"export_id":"a"}',
])('takes nothing that it did not write: %j', (value) => {
  expect(decodeTarget(value)).toBeNull();
});

it('carries the page of the inbox', () => {
  expect(decodePage(encodePage(3))).toBe(3);
  expect(decodePage('p1:-1')).toBe(0);
  expect(decodePage(null)).toBe(0);
});

it('has one id for each thing', () => {
  for (const ids of [Object.values(ACTION), Object.values(MODAL)]) expect(new Set(ids).size).toBe(ids.length);
});
