import type { RolloutPolicy } from '../../src/exports/policy.ts';
import type { RawExport } from './fixtures.ts';
import type { HouseOptions } from './house.ts';
import { skusWithin } from './rollout.ts';

export const HOLD = 30 * 60_000;

/** 2 SKUs in the first stage, 4 in the second, 6 in the last. */
export const SKUS = skusWithin([
  [0, 10, 2],
  [10, 50, 4],
  [50, 100, 6],
]);

/** A house in which price updates go out in stages, each watched for half an hour. */
export function staged(rollout: RolloutPolicy = {}): HouseOptions {
  return {
    configure(file) {
      Object.assign(file.policies['price_update'] ?? {}, { rollout: { hold_ms: HOLD, ...rollout } });
    },
  };
}

/** Makes a price update one of twelve SKUs in a price list of this name. */
export function prices(raw: RawExport, name: string, list = name.toLowerCase().replaceAll(' ', '-')): void {
  raw['idempotency_key'] = `staged-${name}`;
  Object.assign(raw.payload, {
    price_list: { id: list, name },
    valid_from: null,
    lines: SKUS.map((sku) => ({ sku, old_price: '10.00', new_price: '9.00' })),
  });
}
