import { expect, it } from 'vitest';
import { effects } from '../../../src/exports/effects.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import { ALICE, after, BOB, CAROL, fold, GONE, MAYA, ONCALL, received, SAM } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const task = { key: 'task:1', title: 'Restock, then resume.', role: 'supply_chain', owner: BOB } as const;

it.each([
  ['its owner', BOB, true],
  ['somebody in its role', SAM, true],
  ['the owner of the export', ALICE, true],
  ['on-call', ONCALL, true],
  ['a bystander', MAYA, false],
  ['somebody of another role', CAROL, false],
  ['somebody deactivated', GONE, false],
])('lets %s close a task: %#', (_, closer, allowed) => {
  const outcome = after(received(), { do: 'close_task', task, closer, via: null });
  expect(isRefusal(outcome)).toBe(!allowed);
});

it('changes nothing about the export, and closes that task alone', () => {
  const before = received();
  const event = { type: 'task_closed', key: task.key, title: task.title, by: null, via: 'tracker' } as const;
  const state = fold(before, [event], T0);
  expect({ ...state, version: 0 }).toEqual({ ...before, version: 0 });
  const out = effects(before, state, [{ export_id: state.id, n: 2, at: T0, event }]);
  expect(out.filter((effect) => effect.kind !== 'card')).toEqual([
    { kind: 'close_task', key: task.key, by: 'tracker' },
  ]);
});
