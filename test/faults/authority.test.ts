import { expect, it } from 'vitest';
import { decide } from '../../src/exports/decide.ts';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { catalog } from '../support/core.ts';
import { T0 } from '../support/manual-clock.ts';
import { OTHERS } from './authority/others.ts';
import { signInTurns } from './authority/signing.ts';
import { may } from './authority/table.ts';
import { ACTIONS, commandOf, directoryWith, PEOPLE, situations, stateOf, WHO } from './authority/world.ts';
import { chance } from './town/chance.ts';

it('allows exactly what the table allows, in every cell, and says why not in the others', () => {
  const wrong: string[] = [];
  let cells = 0;
  let allowed = 0;
  const contexts = new Map(
    [false, true].map((covered) => [
      covered,
      { now: T0 + 1, directory: directoryWith(covered), catalog, sources: new Map() },
    ]),
  );
  for (const on of situations()) {
    const state = stateOf(on);
    const context = contexts.get(on.covered);
    if (!context) throw new Error('Both are there.');
    for (const who of WHO) {
      for (const action of ACTIONS) {
        cells += 1;
        const decision = decide(state, commandOf(action, PEOPLE[who]), context);
        const granted = !isRefusal(decision) && decision.events.length > 0;
        if (granted) allowed += 1;
        if (granted !== may(who, action, on)) {
          wrong.push(`${who} ${action} ${granted ? 'was allowed' : 'was refused'}: ${JSON.stringify(on)}`);
        }
        const said = isRefusal(decision) ? sentence(decision) : 'Granted.';
        if (!/^[A-Z][^{}]*[.!]$/.test(said)) wrong.push(`${who} ${action} got the sentence "${said}"`);
      }
    }
  }
  reportProof('authority', { tries: cells, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(cells).toBeGreaterThan(10_000);
  expect(allowed).toBeGreaterThan(1_000);
});

it('gives nobody else a say in anything, whatever they ask for', () => {
  const wrong: string[] = [];
  let cells = 0;
  for (const on of situations()) {
    const state = stateOf(on);
    const context = { now: T0 + 1, directory: directoryWith(on.covered), catalog, sources: new Map() };
    for (const who of ['stranger', 'deactivated', 'bystander'] as const) {
      for (const asks of OTHERS) {
        const command = asks(PEOPLE[who]);
        cells += 1;
        const decision = decide(state, command, context);
        if (!isRefusal(decision) && decision.events.length > 0)
          wrong.push(`${who} ${command.do}: ${JSON.stringify(on)}`);
      }
    }
  }
  reportProof('authority', { tries: cells, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong.slice(0, 10)).toEqual([]);
});

it('takes two humans, whoever covers for whom, in loops too, and while the directory changes', () => {
  const random = chance(1);
  const lives = scaled({ short: 500, quick: 5_000, full: 20_000 });
  const wrong: string[] = [];
  let tries = 0;
  let signed = 0;
  for (let life = 0; life < lives; life += 1) {
    const outcome = signInTurns(random);
    tries += outcome.tries;
    signed += outcome.signed;
    wrong.push(...outcome.wrong);
  }
  reportProof('authority', { tries, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong.slice(0, 10), `seed ${random.seed}`).toEqual([]);
  expect(signed).toBeGreaterThan(lives / 2);
});
