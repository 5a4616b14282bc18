import { verifyFile } from '../../src/store/index.ts';
import { judgeEnd } from './end.ts';
import { type Failure, type Plan, World } from './world.ts';

export type Outcome = {
  seed: number;
  steps: number;
  stimuli: number;
  elapsed: number;
  crashes: number;
  jumps: number;
  sweeps: number;
  exports: number;
  events: number;
  clicks: number;
  refused: number;
  refusals: Readonly<Record<string, number>>;
  effects: number;
  messages: number;
  faults: Readonly<Record<string, number>>;
  statuses: Readonly<Record<string, number>>;
  failure: Failure | null;
  /** The end of the trace; all of it when that was asked for. */
  trace: readonly string[];
  /** The end of the hash chain: the same for the same seed. */
  head: string;
};

const DAY_MS = 86_400_000;
/** A promo may be scheduled for weeks ahead, and the most patient retries go on for three days. */
const LONGEST_SETTLING_MS = 40 * DAY_MS;

/** Lives through one seed and judges it. */
export async function simulate(plan: Plan): Promise<Outcome> {
  const world = new World(plan);
  try {
    await world.begin();
    await world.live();
    if (!world.failure && !(await world.settle(LONGEST_SETTLING_MS)) && !world.failure)
      judgeEnd.restless(world);
    if (!world.failure) judgeEnd.quiet(world);
    const head = world.failure ? null : await world.life.head();
    if (head) {
      const { faults } = await verifyFile(world.file, head);
      for (const { what, where } of faults) world.fail('the ledger verifies', `${what}: ${where}`);
    }
    return told(world, head?.hash.toString('hex') ?? '');
  } finally {
    await world.close();
  }
}

function told(world: World, head: string): Outcome {
  const statuses: Record<string, number> = {};
  let events = 0;
  for (const { status, version } of world.oracle?.states.values() ?? []) {
    statuses[status] = (statuses[status] ?? 0) + 1;
    events += version;
  }
  return {
    seed: world.plan.seed,
    steps: world.steps,
    stimuli: world.stimuli,
    elapsed: world.scheduler.elapsed,
    crashes: world.crashes,
    jumps: world.jumps,
    sweeps: world.sweeps,
    exports: world.oracle?.states.size ?? 0,
    events,
    clicks: world.people.clicks,
    refused: world.people.refused,
    refusals: world.people.refusals,
    effects: world.effects(),
    messages: world.slack.messages.length,
    faults: { ...world.faults, ...world.slack.faults },
    statuses,
    failure: world.failure,
    trace: world.plan.traced ? world.trace : world.lastSteps(),
    head,
  };
}

/** The fewest things that must happen for a seed to fail, by halving; null when it does not fail so. */
export async function shrink(plan: Plan, failed: Outcome, until: () => boolean): Promise<Outcome> {
  let best = failed;
  let low = 0;
  let high = failed.stimuli;
  while (high - low > 1 && !until()) {
    const middle = Math.floor((low + high) / 2);
    const tried = await simulate({ ...plan, stimuli: middle });
    if (tried.failure?.promise === failed.failure?.promise) {
      best = tried;
      high = middle;
    } else low = middle;
  }
  return best;
}
