import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../../src/exports/catalog.ts';
import type { Directory, PersonId } from '../../../src/exports/ownership.ts';
import { partiesOf } from '../../../src/exports/parties.ts';
import type { Export } from '../../../src/exports/state.ts';
import { desksOf, waitsFor } from '../../../src/flow/inbox.ts';
import {
  ALICE,
  accepts,
  BOB,
  CAROL,
  DAN,
  directory,
  fold,
  MAYA,
  ONCALL,
  REM,
  received,
  run,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import { directory as northwind, STATUSES, sceneOf } from '../bot/scenes.ts';

const by = (person: PersonId) => ({
  source: { system: 'erp', reference: 'R-1', requested_by: person },
});

const STATES: Record<string, Export> = {
  single: received(),
  'single, asked for by its owner': received({}, by(ALICE)),
  'two steps': received({ gate: 'two_step' }),
  'two steps, asked for by the owner': received({ gate: 'two_step' }, by(ALICE)),
  'two steps, asked for by the backup': received({ gate: 'two_step' }, by(BOB)),
  'two steps, asked for by one of the second role': received({ gate: 'two_step' }, by(CAROL)),
  'half signed by the owner': run(received({ gate: 'two_step' }), [accepts(ALICE)]),
  'half signed by the second role': run(received({ gate: 'two_step' }), [accepts(CAROL)]),
  ordered: received({ gate: 'two_step' }, {}, { ordered: true }),
  escalated: fold(received(), [{ type: 'escalated', to: [BOB] }], T0),
  'two steps, escalated': fold(received({ gate: 'two_step' }), [{ type: 'escalated', to: [BOB, DAN] }], T0),
  'sent back': run(received({}, by(MAYA)), [
    { do: 'request_changes', by: ALICE, seen: 1, reason: 'Too dear.' },
  ]),
  'handed over': run(received(), [{ do: 'reassign', by: ALICE, to: BOB, reason: '' }]),
  quarantined: received({ value: 5_000 }),
  accepted: run(received(), [accepts(ALICE)]),
};

const until = T0 + 86_400_000;
const out = { until, reason: 'is out', note: null };
const DIRECTORIES: Record<string, Directory> = {
  'everybody there': directory,
  'the owner away': { ...directory, away: new Map([[ALICE, out]]) },
  'owner and backup away': {
    ...directory,
    away: new Map([
      [ALICE, out],
      [BOB, out],
    ]),
  },
  'the owner covered': { ...directory, covers: new Map([[ALICE, { by: BOB, until }]]) },
  'the second role away': { ...directory, away: new Map([[CAROL, out]]) },
};

function missing(state: Export, people: readonly PersonId[], where: Directory): readonly PersonId[] {
  const parties = partiesOf(state);
  return people.filter((person) => {
    if (!waitsFor(state, person, where)) return false;
    const { own, covering } = desksOf(person, where);
    const mine = new Set<string>([...own, ...covering]);
    return !parties.some((each) => mine.has(each.who) && !each.but.includes(person));
  });
}

describe.each(Object.entries(DIRECTORIES))('with %s', (_, where) => {
  it.each(Object.entries(STATES))('what is %s lies on the desk of everybody it waits for', (__, state) => {
    const people = [ALICE, BOB, CAROL, DAN, MAYA, REM, SAM, ONCALL];
    expect(missing(state, people, where)).toEqual([]);
  });
});

it('holds for every type in every state', () => {
  for (const { name } of createCatalog().all()) {
    for (const status of STATUSES) {
      const { state } = sceneOf(name, status);
      expect(missing(state, [...northwind.people.keys()], northwind), `${name} ${status}`).toEqual([]);
    }
  }
});
