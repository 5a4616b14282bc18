import type { Finding, PresentValues, PushRequest } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { Stopped } from '../shared/ending.ts';
import { problemOf, troubled } from '../shared/problem.ts';
import type { Client } from './client.ts';
import { mapLocations } from './locations.ts';
import { PublicationsNow, ShopNow } from './queries.ts';
import { gid, type ShopifySettings } from './settings.ts';
import { findVariants, nameOf } from './variants.ts';

/** Scopes that the operations need. */
export const SCOPES = [
  'write_products',
  'write_inventory',
  'read_locations',
  'write_discounts',
  'write_publications',
  'read_orders',
  'write_returns',
  'write_merchant_managed_fulfillment_orders',
] as const;

/** Why a call ended, as a sentence. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Stopped)) throw error;
  return problemOf(error.outcome) ?? 'The call did not end.';
}

/** Present prices and stock; what has not exactly one variant is left out. */
export async function readValues(
  client: Client,
  skus: readonly string[],
  aliases: PushRequest['aliases'],
): Promise<PresentValues | { problem: string }> {
  const values: Record<string, PresentValues[string]> = {};
  try {
    for (const chunk of chunks([...new Set(skus)], 25)) {
      const named = chunk.map((sku) => ({ sku, name: nameOf({ sku, canonical_sku: sku }, aliases) }));
      const { found, currency } = await findVariants(
        client,
        named.map(({ name }) => name),
      );
      for (const { sku, name } of named) {
        const [node, second] = found.get(name) ?? [];
        if (!node || second) continue;
        const { price, compareAtPrice: compare_at, inventoryQuantity: stock } = node;
        values[sku] = { price, compare_at, currency, ...(stock === null ? {} : { stock }) };
      }
    }
    return values;
  } catch (error) {
    return { problem: sentenceOf(error) };
  }
}

function ok(name: string, detail: string | null = null): Finding {
  return { name, problem: null, detail };
}

/** `write_x` holds `read_x`. */
function missingScopes(granted: readonly string[]): readonly string[] {
  const held = new Set(granted);
  return SCOPES.filter((scope) => !held.has(scope) && !held.has(scope.replace('read_', 'write_')));
}

async function shopFindings(client: Client, settings: ShopifySettings): Promise<readonly Finding[]> {
  const { shop, currentAppInstallation } = await client.ask(ShopNow);
  const missing = missingScopes(currentAppInstallation.accessScopes.map(({ handle }) => handle));
  const drifted = client.drifted();
  const { partnerDevelopment } = shop.plan;
  const live = settings.staging && !partnerDevelopment;
  return [
    ok('sign-in', `${shop.name}, ${shop.currencyCode}`),
    missing.length === 0
      ? ok('scopes')
      : {
          name: 'scopes',
          problem: `The app lacks ${missing.join(', ')}. Add them to its configuration and install it again; without them some operations are refused.`,
          detail: null,
        },
    drifted === null
      ? ok('version', settings.api_version)
      : {
          name: 'version',
          problem: `Shopify answers with ${drifted} instead of ${settings.api_version}. Set api_version to one that it still has.`,
          detail: null,
        },
    live
      ? {
          name: 'staging',
          problem: 'staging is set, but this is no development store. Point it at one, or take staging out.',
          detail: null,
        }
      : ok('staging', partnerDevelopment ? 'development store' : 'live shop'),
  ];
}

async function locationFindings(client: Client, settings: ShopifySettings): Promise<Finding> {
  const mapped = await mapLocations(client, settings, Object.keys(settings.locations));
  const wrong = [...mapped].flatMap(([name, id]) => (id === null ? [name] : []));
  if (wrong.length === 0) return ok('locations');
  const problem = `Shopify has no open location for ${wrong.join(', ')}. Correct locations of this sink.`;
  return { name: 'locations', problem, detail: null };
}

async function publicationFindings(client: Client, settings: ShopifySettings): Promise<Finding> {
  const { publications } = await client.ask(PublicationsNow);
  const known = new Map(publications.nodes.map(({ id, name }) => [id, name]));
  const wanted = settings.publications.map((each) => gid('Publication', each));
  const wrong = wanted.filter((each) => !known.has(each));
  if (wanted.length > 0 && wrong.length === 0)
    return ok('publications', wanted.map((each) => known.get(each)).join(', '));
  const there = [...known].map(([id, name]) => `${name} (${id})`).join(', ');
  const problem =
    wanted.length === 0
      ? `No publications are named, so nothing can go live. There are: ${there}.`
      : `Shopify has no publication ${wrong.join(', ')}. There are: ${there}.`;
  return { name: 'publications', problem, detail: null };
}

/** Each step on its own, so that one that fails hides no other. */
export async function probe(client: Client, settings: ShopifySettings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const step = async (name: string, look: () => Promise<readonly Finding[]>) => {
    try {
      findings.push(...(await look()));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      findings.push(troubled(name, error.outcome));
    }
  };
  await step('sign-in', () => shopFindings(client, settings));
  if (findings[0]?.problem !== null) return findings;
  await step('locations', async () => [await locationFindings(client, settings)]);
  await step('publications', async () => [await publicationFindings(client, settings)]);
  return findings;
}
