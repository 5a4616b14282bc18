import type { Clock } from '../../src/clock.ts';
import { fedexSample } from './carriers/fedex-sample.ts';
import { uspsSample } from './carriers/usps-sample.ts';
import { FarSide } from './far-side.ts';
import { playShop } from './shopify/play.ts';

/** Each by the name of the sink that speaks to it. */
export type PerFarSide<Value> = { shopify: Value; fedex: Value; usps: Value };

/** What each of them knows its caller by: the shop's access token, the carriers' client secrets. */
export type FarSecrets = PerFarSide<string>;

/** The sample shop and the sample carriers, not listening yet. */
export function farSides(
  secrets: FarSecrets,
  clock: Clock,
  report: (side: FarSide) => void,
): PerFarSide<FarSide> {
  return {
    shopify: new FarSide(playShop(clock, secrets.shopify), clock, report),
    fedex: new FarSide(fedexSample(secrets.fedex), clock, report),
    usps: new FarSide(uspsSample(secrets.usps), clock, report),
  };
}
