import { z } from 'zod';
import type { HttpClient } from '../../sinks/http-client.ts';
import type { Finding } from '../../sinks/port.ts';
import { ask } from '../api.ts';
import type { Fetched } from '../define.ts';
import { under } from '../platform.ts';
import type { Store } from './bigcommerce-api.ts';
import { query, type Shop } from './shopify-api.ts';
import { idOf } from './shopify-events.ts';
import { Access, QUERIES } from './shopify-queries.ts';

const fine = (name: string, detail: string | null = null): Finding => ({ name, problem: null, detail });
const wrong = (name: string, problem: string): Finding => ({ name, problem, detail: null });

/** `help` is told along when the platform does not let the token do this. */
function unanswered(name: string, found: Exclude<Fetched<unknown>, { kind: 'ok' }>, help = ''): Finding {
  if (found.kind === 'failed') return wrong(name, found.reason);
  if (found.refused === true) return wrong(name, `${found.reason} ${help}`.trim());
  return { ...wrong(name, found.reason), level: 'passing' };
}

/** Scopes that the queries and webhooks need; a right to write holds the right to read. */
const SHOPIFY_SCOPES = [
  'read_orders',
  'read_inventory',
  'read_locations',
  'read_products',
  'read_discounts',
] as const;

/** The token, its scopes, whether this version of the API is still there, and the locations that are named. */
export async function probeShopify(shop: Shop, version: string): Promise<readonly Finding[]> {
  const found = await query(shop, QUERIES.access, {}, Access);
  if (found.kind !== 'ok') return [unanswered('API token', found, 'Put a valid one into api_token_env.')];
  const { publicApiVersions, currentAppInstallation, locations } = found.value;
  const held = new Set(currentAppInstallation.accessScopes.map(({ handle }) => handle));
  const missing = SHOPIFY_SCOPES.filter(
    (scope) => !held.has(scope) && !held.has(scope.replace('read_', 'write_')),
  );
  const there = new Set(locations.nodes.map(({ id }) => idOf(id, id)));
  const gone = shop.locations.filter((id) => !there.has(id));
  const served = publicApiVersions.some(({ handle, supported }) => supported && handle === version);
  return [
    fine('API token', 'taken'),
    missing.length === 0
      ? fine('scopes')
      : wrong('scopes', `The app lacks ${missing.join(', ')}. Add them, and install it again.`),
    served
      ? fine('version', version)
      : wrong(
          'version',
          `Shopify does not serve ${version} any more. Set api_version to one that it still has.`,
        ),
    gone.length === 0
      ? fine('locations')
      : wrong('locations', `Shopify has no location ${gone.join(', ')}. Correct locations of this source.`),
  ];
}

/** One read for each right that its fetches need. */
const BIGCOMMERCE_READS = [
  { name: 'orders', path: 'v2/orders?limit=1', needs: 'Orders: read-only' },
  { name: 'catalogue', path: 'v3/catalog/products?limit=1', needs: 'Products: read-only' },
] as const;

export async function probeBigCommerce({ http, base, token, now }: Store): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, path, needs } of BIGCOMMERCE_READS) {
    const call = { method: 'GET' as const, url: under(base, path), headers: { 'x-auth-token': token } };
    const found = await ask(http, call, z.unknown(), now());
    const help = `Its API account needs the scope "${needs}".`;
    findings.push(found.kind === 'ok' ? fine(name) : unanswered(name, found, help));
  }
  return findings;
}

/** The key, by a list of one label. */
export async function probeShipStation(
  http: HttpClient,
  url: URL,
  token: string,
  now: number,
): Promise<readonly Finding[]> {
  const call = { method: 'GET' as const, url, headers: { 'api-key': token } };
  const found = await ask(http, call, z.object({ labels: z.array(z.unknown()) }), now);
  return [
    found.kind === 'ok'
      ? fine('API key', 'taken')
      : unanswered('API key', found, 'Put a valid one into api_token_env.'),
  ];
}
