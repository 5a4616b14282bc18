import type { Clock } from '../../clock.ts';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { readVoidRequest } from './label-request.ts';

/** Beyond this the rest is left to the next attempt, so that a push stays within its lease. */
const LONG_MS = 40_000;

export type Voided = { ok: true } | { ok: false; outcome: SinkOutcome };

/**
 * Voids each label of `label.void`. A label that is void already counts as done, so that repeating it
 * after a lost answer is safe. The first that is refused ends it; those before it stay void.
 */
export async function voidLabels(
  request: PushRequest,
  clock: Clock,
  cancel: (trackingNumber: string) => Promise<Voided>,
): Promise<SinkOutcome> {
  const body = readVoidRequest(request);
  if (!body.ok) return body.outcome;
  const numbers = body.value.tracking_numbers;
  const begun = clock.monotonic();
  let done = Number(request.cursor ?? 0);
  for (const number of numbers.slice(done)) {
    if (clock.monotonic() - begun > LONG_MS) return { kind: 'partial', cursor: String(done) };
    const voided = await cancel(number);
    if (!voided.ok) return voided.outcome;
    done += 1;
  }
  return { kind: 'delivered', reference: numbers[0] ?? null, facts: { voided: numbers } };
}
