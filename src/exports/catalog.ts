import type { AnyExportType, Catalog } from './define.ts';
import { contentPackageChange } from './types/content-package-change.ts';
import { exceptionNotify } from './types/exception-notify.ts';
import { inventoryDelta } from './types/inventory-delta.ts';
import { livePublish } from './types/live-publish.ts';
import { priceUpdate } from './types/price-update.ts';
import { promoActivation } from './types/promo-activation.ts';
import { returnInitiate } from './types/return-initiate.ts';
import { shippingLabelRequest } from './types/shipping-label-request.ts';
import { shippingLabelResponse } from './types/shipping-label-response.ts';
import { stagedProduct } from './types/staged-product.ts';

/** Every export type there is. A new one is one file and one line here. */
export const TYPES: readonly AnyExportType[] = [
  promoActivation,
  priceUpdate,
  inventoryDelta,
  stagedProduct,
  livePublish,
  shippingLabelRequest,
  shippingLabelResponse,
  returnInitiate,
  exceptionNotify,
  contentPackageChange,
];

/** @throws Error when two types have one name. */
export function createCatalog(types: readonly AnyExportType[] = TYPES): Catalog {
  const byName = new Map<string, AnyExportType>();
  for (const type of types) {
    if (byName.has(type.name)) throw new Error(`Two export types are called ${type.name}. Rename one.`);
    byName.set(type.name, type);
  }
  const all = [...byName.values()];
  return { get: (name) => byName.get(name), all: () => all };
}
