import { readFileSync } from 'node:fs';
import { type Loaded, loadConfig, renderFault, type Variables } from '../../src/config.ts';
import { createCatalog } from '../../src/exports/catalog.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { SOURCE_KINDS } from '../../src/sources/registry.ts';

/** A whole configuration without faults, which tests edit. */
export const WHOLE = readFileSync(new URL('../fixtures/meshline.yml', import.meta.url), 'utf8');

/** What people start from. */
export const EXAMPLE = readFileSync(new URL('../../meshline.yml', import.meta.url), 'utf8');

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Every secret that either of them names. */
export const SECRETS: Variables = {
  PIM_SECRET: secret,
  ERP_SECRET: secret,
  WMS_SECRET: secret,
  SHOP_SECRET: secret,
  OMS_SECRET: secret,
  WMS_SINK_SECRET: secret,
  OMS_STAGING_SECRET: secret,
  SHOPIFY_SINK_TOKEN: 'sample-shop-token-0001',
  FEDEX_SECRET: 'sample-fedex-secret-0001',
  USPS_SECRET: 'sample-usps-secret-0001',
  TRACKER_SECRET: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
  READ_TOKEN: 'a-token-for-reading-0001',
};

export function load(
  text: string,
  env: Variables = SECRETS,
  catalog = createCatalog(),
  sinkKinds = SINK_KINDS,
  sourceKinds = SOURCE_KINDS,
): Loaded {
  return loadConfig({ text, env, catalog, sinkKinds, sourceKinds });
}

/** The faults as lines of text; empty when there are none. */
export function faultsOf(text: string, env: Variables = SECRETS): string[] {
  const loaded = load(text, env);
  return loaded.ok ? [] : loaded.faults.map((fault) => renderFault('meshline.yml', fault));
}

/** The whole configuration with one passage replaced; the passage must be there. */
export function edited(passage: string, by: string): string {
  if (!WHOLE.includes(passage)) throw new Error(`There is no ${JSON.stringify(passage)} to replace.`);
  return WHOLE.replace(passage, () => by);
}

/** Where a passage begins, as `line:column` of a fault. */
export function placeOf(text: string, passage: string): string {
  const before = text.slice(0, text.indexOf(passage)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
