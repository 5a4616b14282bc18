import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { run } from '../../src/cli/run.ts';
import { SECRETS, WHOLE } from './config.ts';

export const CANARY = 'canary-token';
const SHOPIFY_TOKEN = 'shpat_canary0000000000000000000001';
export const TOKENS = { SHOP_TOKEN: CANARY, SHOPIFY_TOKEN, CARRIER_SECRET: 'canary-client-secret-0001' };

type Entry = { kind: string; secret_env: string; settings: Record<string, unknown> };

/** The whole configuration with these sinks and sources beside none of its own sinks. */
export function configured(sinks: Record<string, Entry>, sources: Record<string, object> = {}): string {
  const file = parse(WHOLE) as { sinks: object; sources: object; policies?: object };
  file.sinks = sinks;
  Object.assign(file.sources, sources);
  delete file.policies;
  return stringify(file);
}

/** `check --sinks` as somebody would type it; lines are those of the far sides. */
export async function check(
  sinks: Record<string, Entry>,
  { sources = {}, env = {}, args = ['--sinks'] }: Options = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'meshline.yml');
  writeFileSync(file, configured(sinks, sources));
  const out: string[] = [];
  const code = await run(['check', ...args], {
    env: { ...SECRETS, ...TOKENS, MESHLINE_CONFIG: file, MESHLINE_DB: join(folder, 'none.db'), ...env },
    out: (line) => out.push(line),
    err: (line) => out.push(line),
    input: async () => Buffer.from(''),
  });
  const text = out.join('\n');
  // No secret, whatever was answered and however it went.
  for (const secret of [...Object.values(SECRETS), ...Object.values(TOKENS), 'canary'])
    expect(text).not.toContain(secret);
  const lines = out.filter((line) =>
    /^(?:ok|warn|fail) +(?:Sink \w+ \(\w+\), |Source \w+ \(\w+\), )/u.test(line),
  );
  return { code, out, text, lines };
}
export type Options = {
  sources?: Record<string, object>;
  env?: Record<string, string | undefined>;
  args?: readonly string[];
};

export const webhook = (url: string, settings: object = {}): Entry => ({
  kind: 'webhook',
  secret_env: 'OMS_SECRET',
  settings: { url, allow_private: true, ...settings },
});
export const big = (url: string, settings: object = {}): Entry => ({
  kind: 'bigcommerce',
  secret_env: 'SHOP_TOKEN',
  settings: { store_hash: 'abc123', currency: 'EUR', base_url: url, allow_private: true, ...settings },
});
export const shop = (url: string, settings: object = {}): Entry => ({
  kind: 'shopify',
  secret_env: 'SHOPIFY_TOKEN',
  settings: { shop: 'acme', publications: ['1'], base_url: url, allow_private: true, ...settings },
});
export const fedex = (url: string, settings: object = {}): Entry => ({
  kind: 'fedex',
  secret_env: 'CARRIER_SECRET',
  settings: {
    client_id: 'app-1',
    account_number: '740561073',
    base_url: url,
    allow_private: true,
    ...settings,
  },
});
export const usps = (url: string, settings: object = {}): Entry => ({
  kind: 'usps',
  secret_env: 'CARRIER_SECRET',
  settings: {
    client_id: 'app-1',
    crid: '12345678',
    mid: '901234567',
    manifest_mid: '901234568',
    account_number: '1000123456',
    base_url: url,
    allow_private: true,
    ...settings,
  },
});
export const shipStation = (url: string, settings: object = {}): Entry => ({
  kind: 'shipstation',
  secret_env: 'CARRIER_SECRET',
  settings: { carriers: { ups: { carrier_id: 'se-100' } }, base_url: url, allow_private: true, ...settings },
});
