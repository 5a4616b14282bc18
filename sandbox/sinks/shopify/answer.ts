import { CHANGES, schedule } from './changes.ts';
import { READS } from './reads.ts';
import type { Call, Shop } from './shop.ts';

/** The `data` of the answer, made from what the shop holds and changing it; null for a document it does not know. */
export function answerOf(shop: Shop, call: Call): unknown {
  if (call.name.startsWith('Schedule')) return schedule(shop, call);
  const answer = CHANGES[call.name] ?? READS[call.name];
  return answer ? answer(shop, call) : null;
}
