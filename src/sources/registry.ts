import type { Clock } from '../clock.ts';
import { type Resolver, systemResolver } from '../sinks/egress.ts';
import { createHttpClient } from '../sinks/http-client.ts';
import type { Naming, Source, SourceKind } from './define.ts';
import { bigcommerce } from './kinds/bigcommerce.ts';
import { shipstation } from './kinds/shipstation.ts';
import { shopify } from './kinds/shopify.ts';
import { signed } from './kinds/signed.ts';
import type { Rule } from './rules.ts';

/** Every kind of source that a configuration can name; the first is meant where it names none. A new one is one line here. */
export const SOURCE_KINDS: readonly SourceKind[] = [signed, shopify, bigcommerce, shipstation];

/** A source as configured, its secrets resolved. */
export type ConfiguredSource = {
  name: string;
  kind: string;
  settings: unknown;
  secrets: readonly string[];
  keys: readonly Buffer[];
  api_token: string | null;
  rules: readonly Rule[];
  /** How often it is asked for what was missed, ms; null for never. */
  reconcile_ms: number | null;
  takes_hooks: boolean;
};

export type OpenSource = {
  name: string;
  kind: string;
  naming: Naming;
  rules: readonly Rule[];
  reconcile_ms: number | null;
  source: Source;
};

export type SourceDeps = {
  clock: Clock;
  /** Of Meshline; it is told to the far side as `user-agent`. */
  version: string;
  resolve?: Resolver;
};

/** Opens those that take webhooks, by name. Throws when a kind is unknown or its settings are refused. */
export function openSources(
  configured: readonly ConfiguredSource[],
  { clock, version, resolve = systemResolver }: SourceDeps,
  kinds: readonly SourceKind[] = SOURCE_KINDS,
): ReadonlyMap<string, OpenSource> {
  const open = ({
    name,
    kind,
    settings,
    secrets,
    keys,
    api_token,
    rules,
    reconcile_ms,
  }: ConfiguredSource) => {
    const known = kinds.find((candidate) => candidate.kind === kind);
    if (!known) throw new Error(`The source "${name}" is of the kind "${kind}", which does not exist.`);
    const source = known.open(settings, {
      name,
      secrets,
      keys,
      api_token,
      clock,
      http: (needs) => createHttpClient({ ...needs, clock, resolve, user_agent: `meshline/${version}` }),
    });
    return { name, kind, naming: known.naming(settings), rules, reconcile_ms, source };
  };
  return new Map(configured.filter((each) => each.takes_hooks).map((each) => [each.name, open(each)]));
}
