import type { Asked, JsonObject } from '../../../sandbox/sinks/carriers/carrier.ts';
import { FEDEX, playFedex } from '../../../sandbox/sinks/carriers/fedex.ts';
import type { PushRequest } from '../../../src/sinks/port.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { carrierFarSide, driven, openCarrier } from './carrier-far-side.ts';
import type { Logged } from './far-side.ts';

/** FedEx on loopback. */
export async function fedexFarSide(price = 12.5) {
  const { labels, state, revoke, ...carrier } = playFedex(price);
  const far = await carrierFarSide(carrier, FEDEX.token);
  return {
    ...far,
    labels,
    state,
    revoke,
    open: (
      settings: Record<string, unknown> = {},
      over: { clock?: ManualClock; secrets?: string[]; lines?: Logged[]; steps?: string[] } = {},
    ) =>
      driven(
        openCarrier(
          'fedex',
          { client_id: 'app-1', account_number: '740561073', base_url: far.url, ...settings },
          over,
        ),
        over.steps,
      ),
  };
}

/** The body of the one call to a path. */
export function sent(far: { asked: (path: string) => Asked[] }, path: string): JsonObject {
  return far.asked(path).at(-1)?.json ?? {};
}

export const again = (push: PushRequest): PushRequest => ({
  ...push,
  attempt: push.attempt + 1,
  unsettled: true,
});
