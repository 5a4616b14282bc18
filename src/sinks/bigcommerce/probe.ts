import { z } from 'zod';
import type { Finding } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { troubled } from '../shared/problem.ts';
import { type Query, type Shop } from './client.ts';

/** One thing tried; a sentence it returns is the detail. `help` is told along when a scope is missing. */
export async function finding(
  name: string,
  look: () => Promise<string | null>,
  help: string | null = null,
): Promise<Finding> {
  try {
    return { name, problem: null, detail: await look() };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const { outcome } = error;
    const barred = outcome.kind === 'failed' && outcome.metadata['http_status'] === 403;
    const found = troubled(name, outcome);
    return barred && help !== null ? { ...found, problem: `${found.problem ?? ''} ${help}` } : found;
  }
}

/** Harmless reads, one for each scope that the operations need. */
const SCOPES: readonly { name: string; path: string; query: Query; needs: string }[] = [
  { name: 'catalogue', path: '/v3/catalog/products', query: { limit: 1 }, needs: 'Products: modify' },
  {
    name: 'inventory',
    path: '/v3/inventory/items',
    query: { limit: 1 },
    needs: 'Store Inventory: modify',
  },
  { name: 'promotions', path: '/v3/promotions', query: { limit: 1 }, needs: 'Marketing: modify' },
  { name: 'orders', path: '/v2/orders/count', query: {}, needs: 'Orders: modify' },
];

const Locations = z.object({
  data: z.array(z.object({ id: z.int(), label: z.string().nullish(), enabled: z.boolean().nullish() })),
});
const Channels = z.object({ data: z.array(z.object({ id: z.int(), status: z.string().nullish() })) });
const Currencies = z.object({ data: z.object({ default_currency: z.string().nullish() }) });

async function locations(shop: Shop): Promise<string | null> {
  const wanted = [...new Set(Object.values(shop.settings.locations))];
  if (wanted.length === 0) return 'No location is mapped, so that no stock can be set.';
  const { data } = await shop.get('/v3/inventory/locations', { limit: 1000 }, Locations);
  const known = new Map(data.map((each) => [each.id, each]));
  const gone = wanted.filter((id) => !known.has(id));
  if (gone.length > 0)
    throw problem(`BigCommerce has no location ${gone.join(', ')}; correct \`locations\` in meshline.yml.`);
  const off = wanted.filter((id) => known.get(id)?.enabled === false);
  if (off.length > 0) throw problem(`Location ${off.join(', ')} is switched off at BigCommerce.`);
  return `${wanted.length} mapped`;
}

async function channels(shop: Shop): Promise<string | null> {
  const { channel_ids, currency } = shop.settings;
  const { data } = await shop.get('/v3/channels', { limit: 200 }, Channels);
  const gone = channel_ids.filter((id) => !data.some((channel) => channel.id === id));
  if (gone.length > 0)
    throw problem(`BigCommerce has no channel ${gone.join(', ')}; correct \`channel_ids\` in meshline.yml.`);
  const path = `/v3/channels/${channel_ids[0]}/currency-assignments`;
  const assigned = await shop.find(path, {}, Currencies);
  const held = assigned?.data.default_currency ?? null;
  if (held !== null && held !== currency)
    throw problem(`The channel sells in ${held}, but meshline.yml says ${currency}; correct \`currency\`.`);
  return held;
}

async function priceLists(shop: Shop): Promise<string | null> {
  const { price_list, price_lists } = shop.settings;
  const ids = [...Object.values(price_lists), ...(price_list === undefined ? [] : [price_list])];
  const wanted = [...new Set(ids.filter((id) => typeof id === 'number'))];
  for (const id of wanted)
    if ((await shop.find(`/v3/pricelists/${id}`, {}, z.unknown())) === null)
      throw problem(`BigCommerce has no price list ${id}; correct it in meshline.yml.`);
  return wanted.length === 0 ? 'Prices go to the catalogue.' : `${wanted.length} mapped`;
}

const problem = (message: string) => new Stopped(failed('contract_mapping_error', message));

/** What the token may do, and whether locations, channels, currency and price lists are as configured. */
export async function probe(shop: Shop): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, path, query, needs } of SCOPES) {
    const look = async () => {
      await shop.get(path, query, z.unknown());
      return null;
    };
    findings.push(await finding(name, look, `Its API account needs the scope "${needs}".`));
  }
  findings.push(
    await finding('locations', () => locations(shop), 'It needs the scope "Store Locations: read-only".'),
  );
  findings.push(
    await finding('channels', () => channels(shop), 'It needs the scope "Channel Settings: read-only".'),
  );
  findings.push(
    await finding('price lists', () => priceLists(shop), 'It needs the scope "Price Lists: modify".'),
  );
  return findings;
}
