import { fromIso } from '../../clock.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { type Shop } from './client.ts';

/** Clocks differ a little. */
const SKEW_MS = 60_000;

/**
 * BigCommerce keeps no price or product for later: what is not due yet is refused, so that nobody sees
 * it early. `at` is an ISO instant, null for at once.
 */
export function refuseEarly(shop: Shop, what: string, at: string | null): void {
  if (at === null || fromIso(at) <= shop.clock.now() + SKEW_MS) return;
  const message = `BigCommerce cannot hold ${what} back until ${at}. Send it again when it is due.`;
  throw new Stopped(failed('unsupported_capability', message, { due_at: at }));
}
