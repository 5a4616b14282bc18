import type { PerFarSide } from '../../sandbox/sinks/far-sides.ts';
import { SECRETS } from './config.ts';

/** The sinks of the example that speak to the sample shop and the sample carriers. */
const NAMES = ['shopify', 'fedex', 'usps'] as const;

/** What the samples know their callers by, as the example names it. */
export const FAR_SECRETS: PerFarSide<string> = {
  shopify: SECRETS['SHOPIFY_SINK_TOKEN'] ?? '',
  fedex: SECRETS['FEDEX_SECRET'] ?? '',
  usps: SECRETS['USPS_SECRET'] ?? '',
};

/** meshline.yml as plain data, as far as these sinks stand in it. */
type Routed = {
  policies: Record<string, Record<string, unknown>>;
  sinks: Record<string, { settings: Record<string, unknown> }>;
};

/** Takes them out of the example: everything goes to the OMS and the warehouse, labels too. */
export function withoutFarSides<File extends Routed>(file: File): File {
  for (const name of NAMES) delete file.sinks[name];
  for (const policy of Object.values(file.policies)) {
    const routes = Array.isArray(policy['routes']) ? policy['routes'] : [];
    policy['routes'] = routes.filter((route) => !NAMES.some((name) => name === route));
  }
  const labels = file.policies['shipping_label_request'];
  if (labels) {
    delete labels['failover'];
    labels['routes'] = ['wms'];
  }
  return file;
}

/** Points the example's sinks at samples that listen there. */
export function towardsFarSides<File extends Routed>(file: File, addresses: PerFarSide<string>): File {
  for (const name of NAMES) Object.assign(file.sinks[name]?.settings ?? {}, { base_url: addresses[name] });
  return file;
}
