import type { Clock, Ids } from '../clock.ts';
import type { Log } from '../log.ts';
import { bigcommerce } from './bigcommerce.ts';
import type { SinkKind } from './define.ts';
import { type Resolver, systemResolver } from './egress.ts';
import { fedex } from './fedex.ts';
import { createHttpClient } from './http-client.ts';
import type { Sink } from './port.ts';
import { shipstation } from './shipstation.ts';
import { shopify } from './shopify.ts';
import { usps } from './usps.ts';
import { webhook } from './webhook.ts';

/** Every kind of sink that a configuration can name. A new one is one line here. */
export const SINK_KINDS: readonly SinkKind[] = [bigcommerce, webhook, shipstation, fedex, usps, shopify];

/** A sink as configured, its secrets resolved. */
export type ConfiguredSink = { name: string; kind: string; settings: unknown; secrets: readonly string[] };

export type SinkDeps = {
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Of Meshline; it is told to the far side as `user-agent`. */
  version: string;
  resolve?: Resolver;
};

/** Opens the configured sinks, by name. Throws when a kind is unknown or its settings are refused. */
export function createSinks(
  configured: readonly ConfiguredSink[],
  deps: SinkDeps,
  kinds: readonly SinkKind[] = SINK_KINDS,
): ReadonlyMap<string, Sink> {
  const { clock, ids, log, version, resolve = systemResolver } = deps;
  const open = ({ name, kind, settings, secrets }: ConfiguredSink): Sink => {
    const known = kinds.find((candidate) => candidate.kind === kind);
    if (!known) throw new Error(`The sink "${name}" is of the kind "${kind}", which does not exist.`);
    return known.open(settings, {
      name,
      secrets,
      clock,
      ids,
      log,
      http: (needs) => createHttpClient({ ...needs, clock, resolve, user_agent: `meshline/${version}` }),
    });
  };
  return new Map(configured.map((sink) => [sink.name, open(sink)]));
}
