import type { Client } from './client.ts';
import { LocationsNow } from './queries.ts';
import { gid, type ShopifySettings } from './settings.ts';

type Location = { id: string; name: string; isActive: boolean };

const MOST_PAGES = 20;

async function allLocations(client: Client): Promise<readonly Location[]> {
  const known: Location[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: {
      locations: { nodes: Location[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    } = await client.ask(LocationsNow, { after });
    known.push(...answer.locations.nodes);
    if (!answer.locations.pageInfo.hasNextPage) break;
    after = answer.locations.pageInfo.endCursor;
  }
  return known;
}

/**
 * Shopify's location by ours; null for what it does not have or has closed. They are read at every push,
 * because Shopify takes stock for a location that is no longer used.
 */
export async function mapLocations(
  client: Client,
  settings: ShopifySettings,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const open = (await allLocations(client)).filter((location) => location.isActive);
  return new Map(
    names.map((name) => {
      const configured = Object.hasOwn(settings.locations, name) ? settings.locations[name] : undefined;
      if (configured !== undefined) {
        const id = gid('Location', configured);
        return [name, open.some((location) => location.id === id) ? id : null];
      }
      const [only, second] = open.filter((location) => location.name === name);
      return [name, only && !second ? only.id : null];
    }),
  );
}
