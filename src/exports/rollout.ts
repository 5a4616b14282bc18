import { hash } from 'node:crypto';
import type { Operation } from './define.ts';
import type { Json } from './envelope.ts';
import { duration } from './freshness.ts';
import { canonicalSku } from './identifiers.ts';
import { count } from './phrases.ts';
import type { Rollout, RolloutPolicy } from './policy.ts';
import type { Push, RolloutStage, RolloutState } from './state.ts';
import { isTryOf, sentBefore } from './tries.ts';
import { MINUTE_MS } from './words.ts';

const USUAL: Rollout = {
  stages: [10, 50, 100],
  hold_ms: 30 * MINUTE_MS,
  advance: 'auto',
  max_error_percent: 50,
  max_exceptions: 0,
  max_accept_ms: null,
};
const MIN_LINES = 10;

/** What is stamped on an export of so many SKUs; null when it goes out at once. */
export function rolloutFor(policy: RolloutPolicy | undefined, skus: number): Rollout | null {
  if (!policy) return null;
  const { min_lines, ...set } = policy;
  return skus < (min_lines ?? MIN_LINES) ? null : { ...USUAL, ...set };
}

/** Where a SKU stands among all of them, 0 to 99: the same in every export and for good. */
export function cohort(canonical: string): number {
  return hash('sha256', canonical, 'buffer').readUIntBE(0, 6) % 100;
}

type Item = { [key: string]: Json };

/** What a body lists, and under which key; null when it cannot go out in parts. */
function listed({ body }: Operation): { key: 'lines' | 'products'; items: readonly Item[] } | null {
  for (const key of ['lines', 'products'] as const) {
    const list = body[key];
    if (!Array.isArray(list) || list.length === 0) continue;
    const items = list.filter(isItem);
    if (items.length === list.length && items.every((item) => skusIn(item).length > 0)) return { key, items };
  }
  return null;
}

function isItem(value: Json): value is Item {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    ('sku' in value || 'skus' in value)
  );
}

function skusIn({ sku, skus }: Item): readonly string[] {
  const named = Array.isArray(skus) ? skus : [sku];
  return named.filter((each) => typeof each === 'string').map((each) => canonicalSku(each));
}

/** A product is published as a whole, so it goes with its first SKU in the order of the alphabet. */
function cohortOf(item: Item): number {
  return cohort(skusIn(item).reduce((first, sku) => (sku < first ? sku : first)));
}

/** Percent of SKUs, from the first inclusive to the second exclusive. */
export type Band = { from: number; to: number };

const within = (item: Item, { from, to }: Band) => {
  const at = cohortOf(item);
  return at >= from && at < to;
};

/** The part of an operation that lies in a band; null when none of it does. What cannot be parted is in the first. */
function part(operation: Operation, band: Band): Operation | null {
  const whole = listed(operation);
  if (!whole) return band.from === 0 ? operation : null;
  const items = whole.items.filter((item) => within(item, band));
  if (items.length === 0) return null;
  const body = { ...operation.body, [whole.key]: items };
  const { changes } = operation.body;
  if (whole.key !== 'products' || !Array.isArray(changes)) return { ...operation, body };
  const here = new Set(items.flatMap(skusIn));
  const told = changes.filter((each) => !isItem(each) || skusIn(each).every((sku) => here.has(sku)));
  return { ...operation, body: { ...body, changes: told } };
}

/** The canonical SKUs of everything that can go out in parts. */
export function skusOut(operations: readonly Operation[]): ReadonlySet<string> {
  return new Set(operations.flatMap((operation) => listed(operation)?.items ?? []).flatMap(skusIn));
}

/** One stage as it is planned: stages without a SKU are left out, and the last takes the rest. */
export type Planned = Band & { skus: number };

export function stagesOf(operations: readonly Operation[], percents: readonly number[]): readonly Planned[] {
  const last = percents.length - 1;
  const found: Planned[] = [];
  for (const [n, percent] of percents.entries()) {
    const band = { from: found.at(-1)?.to ?? 0, to: n === last ? 100 : percent };
    const parts = operations.flatMap((operation) => part(operation, band) ?? []);
    const skus = skusOut(parts).size;
    if (skus > 0) found.push({ ...band, skus });
  }
  return found.map((stage, n) => (n === found.length - 1 ? { ...stage, to: 100 } : stage));
}

/** The pushes of one stage, from those of the whole: each with its own part, under a key of its own. */
export function pushesOf(
  whole: readonly Push[],
  band: Band,
  stage: number,
  earlier: readonly Push[],
): readonly Push[] {
  return whole.flatMap((push) => {
    const operation = part(push.operation, band);
    if (!operation) return [];
    const key = `${push.key}-s${stage}`;
    const known =
      earlier.find((each) => isTryOf(each.key, key)) ??
      sentBefore(earlier, { sink: push.sink, operation }, false);
    if (known?.status === 'delivered' || known?.status === 'unknown') return known;
    return { ...push, key: known?.key ?? key, operation };
  });
}

export function stageNow(rollout: RolloutState): RolloutStage {
  const stage = rollout.stages[rollout.stage - 1];
  if (!stage) throw new Error('A rollout is always in one of its stages.');
  return stage;
}

export function isLast(rollout: RolloutState): boolean {
  return rollout.stage === rollout.stages.length;
}

/** Failed tries in a hundred; 0 before the first. */
export function errorPercent({ attempts, errors, retries }: RolloutStage): number {
  return attempts === 0 ? 0 : ((errors + retries) / attempts) * 100;
}

/** Why the stage is not good enough to go on, in a sentence; null when it is. */
export function unhealthy(rollout: RolloutState, limits: Rollout): string | null {
  const stage = stageNow(rollout);
  const percent = errorPercent(stage);
  if (stage.exceptions > limits.max_exceptions) {
    return `${count(stage.exceptions, 'exception')} came back from what is out already; at most ${limits.max_exceptions} may.`;
  }
  if (percent > limits.max_error_percent) {
    return `${Math.round(percent)} % of the tries failed; at most ${limits.max_error_percent} % may.`;
  }
  if (rollout.stage === 1 && limits.max_accept_ms !== null && rollout.accept_ms > limits.max_accept_ms) {
    return `It took ${duration(rollout.accept_ms)} until it was accepted; at most ${duration(limits.max_accept_ms)} was meant.`;
  }
  return null;
}
