import type { Clock, Ids } from '../clock.ts';
import type { Context } from '../exports/commands.ts';
import type { Catalog } from '../exports/define.ts';
import { isOwn, OWN_SOURCE } from '../exports/own.ts';
import type { Directory } from '../exports/ownership.ts';
import type { TypePolicy } from '../exports/policy.ts';
import type { Reading } from '../exports/receive.ts';
import type { SinkFacts } from '../exports/stamp.ts';
import type { Log } from '../log.ts';
import type { Ledger } from '../store/port.ts';

export type SourceFacts = { types: readonly string[] | null; can_refetch: boolean };

/** Meshline's own may be anything, and it looks at the sinks itself when asked for fresh values. */
const OWN: SourceFacts = { types: null, can_refetch: true };

/** What the configuration says at this moment. */
export type Settings = {
  directory: Directory;
  policies: ReadonlyMap<string, TypePolicy>;
  sources: ReadonlyMap<string, SourceFacts>;
  sinks: readonly SinkFacts[];
  /** Sinks that take no SKU but their own. */
  mapped?: ReadonlySet<string>;
};

/** What every use case stands on. */
export type Flow = {
  ledger: Ledger;
  clock: Clock;
  ids: Ids;
  catalog: Catalog;
  settings: () => Settings;
  log: Log;
};

export function contextOf(flow: Flow): Context {
  const { directory, sources } = flow.settings();
  const asked = new Map([...sources, [OWN_SOURCE, OWN]]);
  return { now: flow.clock.now(), directory, catalog: flow.catalog, sources: asked };
}

/** A source that is no longer configured may be read again, but not asked for anything. Meshline's own may send every type. */
export function readingOf(flow: Flow, source: string): Reading {
  const { directory, policies, sinks, sources } = flow.settings();
  const known = isOwn(source) ? OWN : sources.get(source);
  const facts = known ?? { types: null, can_refetch: false };
  return {
    now: flow.clock.now(),
    catalog: flow.catalog,
    directory,
    policies,
    sinks,
    source: { name: source, ...facts },
  };
}
