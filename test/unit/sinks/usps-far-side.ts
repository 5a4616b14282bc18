import { playUsps, USPS } from '../../../sandbox/sinks/carriers/usps.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { carrierFarSide, driven, openCarrier } from './carrier-far-side.ts';
import type { Logged } from './far-side.ts';

/** USPS on loopback, which asks half a dollar for a label beside its postage. */
export async function uspsFarSide(price = 7.25) {
  const { labels, state, revoke, ...carrier } = playUsps(price, 0.5);
  const far = await carrierFarSide(carrier, USPS.token);
  return {
    ...far,
    labels,
    state,
    /** Purchases, without the calls that void. */
    bought: () => far.seen.filter(({ path }) => path === USPS.label),
    revoke,
    open: (
      settings: Record<string, unknown> = {},
      over: { clock?: ManualClock; secrets?: string[]; lines?: Logged[]; steps?: string[] } = {},
    ) =>
      driven(
        openCarrier(
          'usps',
          {
            client_id: 'app-1',
            crid: '12345678',
            mid: '901234567',
            manifest_mid: '901234568',
            account_number: '1000123456',
            base_url: far.url,
            ...settings,
          },
          over,
        ),
        over.steps,
      ),
  };
}
