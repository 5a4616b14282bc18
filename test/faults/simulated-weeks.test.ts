import { describe, expect, it } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { Chance } from '../simulation/chance.ts';
import {
  A_NEW_KEY_FOR_EACH_TRY,
  ACK_BEFORE_COMMIT,
  type Defects,
  ONE_HUMAN_SIGNS_TWICE,
} from '../simulation/defects.ts';
import type { Kind } from '../simulation/senders.ts';
import { type Outcome, shrink, simulate } from '../simulation/simulation.ts';
import type { Plan } from '../simulation/world.ts';

const told = (name: string, usual: number) => Number(process.env[name] ?? usual);
/** So many lives, however long they take; as many as fit into the budget unless told. */
const ASKED = process.env['MESHLINE_SIM_SEEDS'];
const DAYS = told('MESHLINE_SIM_DAYS', 3);
/** Ends the busy time of one life after so many things; a failure tells the fewest that it takes. */
const STIMULI = told('MESHLINE_SIM_STIMULI', Number.POSITIVE_INFINITY);
const ONE = process.env['MESHLINE_SIM_SEED'];
const BUDGET_MS =
  ASKED === undefined ? scaled({ short: 12_000, quick: 45_000, full: 360_000 }) : Number.POSITIVE_INFINITY;
const SHRINKING_MS = 60_000;
const TIMEOUT_MS = 24 * 3_600_000;
const DAY_MS = 86_400_000;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Which lives are lived: other ones for each MESHLINE_SEED, and always the first ones without. */
function* lives(): Generator<number> {
  const base = process.env['MESHLINE_SEED'];
  const chance = new Chance(Number(base ?? 0), 61);
  for (let n = 1; ; n += 1) yield base === undefined ? n : chance.between(1, 2 ** 31);
}

function summary(outcomes: readonly Outcome[]): string {
  const sum = (of: (each: Outcome) => number) => outcomes.reduce((all, each) => all + of(each), 0);
  const faults = sum(({ faults: each }) => Object.values(each).reduce((all, n) => all + n, 0));
  return [
    `seeds ${outcomes.map(({ seed }) => seed).join(' ')}`,
    `${sum((each) => each.steps)} steps`,
    `${(sum((each) => each.elapsed) / DAY_MS).toFixed(0)} simulated days`,
    `${sum((each) => each.crashes)} crashes`,
    `${faults} faults`,
    `${sum((each) => each.jumps)} clock jumps`,
    `${sum((each) => each.exports)} exports`,
    `${sum((each) => each.clicks)} clicks (${sum((each) => each.refused)} refused)`,
    `${sum((each) => each.effects)} effects`,
    `${sum((each) => each.messages)} messages`,
  ].join(', ');
}

/** What somebody needs to find the cause: the promise, the fact, what led there, and how to see it again. */
function report(found: Outcome): string {
  const { failure, seed, stimuli, trace } = found;
  if (!failure) return '';
  return [
    `seed ${seed}, step ${failure.step}, after ${stimuli} things that happened: ${failure.promise}`,
    failure.fact,
    ...failure.history,
    `the last steps:`,
    ...trace,
    `again: MESHLINE_SIM_SEED=${seed} MESHLINE_SIM_DAYS=${DAYS} MESHLINE_SIM_STIMULI=${stimuli} vitest run test/faults/simulated-weeks.test.ts`,
  ].join('\n');
}

async function tellFailure(plan: Plan, outcome: Outcome): Promise<never> {
  const began = performance.now();
  const small = await shrink(plan, outcome, () => performance.now() - began > SHRINKING_MS);
  print(report(small));
  throw new Error(report(small));
}

/** Exports sent, clicks, faults, crashes and clock jumps. */
function happened({ exports, clicks, faults, crashes, jumps }: Outcome): number {
  return exports + clicks + crashes + jumps + Object.values(faults).reduce((all, n) => all + n, 0);
}

describe('weeks of work, with everything going wrong', { timeout: TIMEOUT_MS }, () => {
  it.runIf(ONE === undefined)('keeps every promise, whatever comes in whichever order', async () => {
    const outcomes: Outcome[] = [];
    const began = performance.now();
    const most = Number(ASKED ?? Number.POSITIVE_INFINITY);
    for (const seed of lives()) {
      if (outcomes.length >= most || performance.now() - began > BUDGET_MS) break;
      const outcome = await simulate({ seed, days: DAYS });
      reportProof('simulation', {
        tries: happened(outcome),
        lost: 0,
        doubled: 0,
        wrong: outcome.failure ? 1 : 0,
      });
      if (outcome.failure) await tellFailure({ seed, days: DAYS }, outcome);
      outcomes.push(outcome);
    }
    print(summary(outcomes));
    expect(outcomes.every((each) => each.effects > 10 && each.crashes > 3)).toBe(true);
  });

  it.runIf(ONE !== undefined)('lives through one seed and tells every step of it', async () => {
    const outcome = await simulate({ seed: Number(ONE), days: DAYS, stimuli: STIMULI, traced: true });
    for (const line of outcome.trace) print(line);
    print(JSON.stringify({ ...outcome, trace: undefined }, null, 2));
    expect(outcome.failure).toBe(null);
  });

  it.runIf(ONE === undefined)('lives the same life again from the same seed', async () => {
    const [one, two] = [await simulate({ seed: 77, days: 1 }), await simulate({ seed: 77, days: 1 })];
    expect(one.failure).toBe(null);
    expect(one.head).not.toBe('');
    expect(two).toEqual(one);
  });
});

/** A defect must be noticed within a few seeds, or the simulation proves nothing. */
async function promiseBrokenBy(defects: Defects, ...only: Kind[]): Promise<string | undefined> {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { failure } = await simulate({ seed, days: 1, defects, ...(only.length > 0 ? { only } : {}) });
    if (failure) return failure.promise;
  }
  return undefined;
}

describe.runIf(ONE === undefined)('a defect is noticed', { timeout: TIMEOUT_MS }, () => {
  it('when success is told before the commit', async () => {
    expect(await promiseBrokenBy(ACK_BEFORE_COMMIT)).toBe('nothing acknowledged is lost');
  });

  it('when one human signs both steps', async () => {
    expect(await promiseBrokenBy(ONE_HUMAN_SIGNS_TWICE, 'promo_activation')).toBe(
      'two steps are signed by two humans',
    );
  });

  it('when each try is sent under a key of its own', async () => {
    expect(await promiseBrokenBy(A_NEW_KEY_FOR_EACH_TRY)).toBe('a push keeps its key');
  });
});
