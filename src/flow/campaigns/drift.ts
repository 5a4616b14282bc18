import type { Drift } from '../../exports/campaigns/commands.ts';
import { driftRefusal } from '../../exports/campaigns/decide.ts';
import { compareAmounts } from '../../exports/money.ts';
import { sentence } from '../../exports/refusals.ts';
import { skusOf } from '../../exports/skus.ts';
import type { Export, Push } from '../../exports/state.ts';
import type { Pusher, SinkOutcome } from '../../sinks/port.ts';
import type { Flow } from '../settings.ts';
import { asSent, sentLines } from './sent.ts';
import { presentValues } from './values.ts';

/**
 * Items whose present price is neither what the promo had set nor what stood there before: somebody
 * has changed it since, and putting the old one back would overwrite that. What no system can tell
 * is no drift. `set` is how many items it has set.
 */
export async function driftOf(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  activation: Export,
): Promise<{ drift: readonly Drift[]; set: number }> {
  const lines = sentLines(await asSent(flow, activation));
  const { present } = await presentValues(
    flow,
    pusher,
    lines.map((line) => line.sku),
  );
  const drift = lines.flatMap(({ sku, set, former }) => {
    const now = present[sku]?.price;
    if (now === undefined) return [];
    if (compareAmounts(now, set) === 0 || compareAmounts(now, former) === 0) return [];
    return [{ sku, expected: set, present: now }];
  });
  return { drift, set: lines.length };
}

/**
 * Just before a promo's former values are put back: what was changed since the rollback was asked for
 * stops it, and marketing decides. Null when nothing stands against it, or when somebody has decided.
 */
export async function driftBeforePush(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  state: Export,
  push: Push,
): Promise<SinkOutcome | null> {
  const { reverses } = state.source;
  const begun = push.attempts > 0 || push.cursor !== null;
  if (push.operation.name !== 'promo.deactivate' || reverses === null || state.drift_seen || begun)
    return null;
  const activation = await flow.ledger.get(reverses);
  const named = new Set(skusOf(state));
  const drift = activation ? (await driftOf(flow, pusher, activation)).drift : [];
  const differences = drift.filter((each) => named.has(each.sku));
  if (differences.length === 0) return null;
  return {
    kind: 'failed',
    exception_code: 'rollback_drifted',
    message: sentence(driftRefusal(differences)),
    metadata: { differences, skus: differences.map((each) => each.sku) },
  };
}
