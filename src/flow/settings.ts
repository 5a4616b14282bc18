import type { Clock, Ids } from '../clock.ts';
import type { Context } from '../exports/commands.ts';
import type { Catalog } from '../exports/define.ts';
import type { Directory } from '../exports/ownership.ts';
import type { TypePolicy } from '../exports/policy.ts';
import type { Reading } from '../exports/receive.ts';
import type { SinkFacts } from '../exports/stamp.ts';
import type { Log } from '../log.ts';
import type { Ledger } from '../store/port.ts';

export type SourceFacts = { types: readonly string[] | null; can_refetch: boolean };

/** What the configuration says at this moment. */
export type Settings = {
  directory: Directory;
  policies: ReadonlyMap<string, TypePolicy>;
  sources: ReadonlyMap<string, SourceFacts>;
  sinks: readonly SinkFacts[];
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
  return { now: flow.clock.now(), directory, catalog: flow.catalog, sources };
}

/** A source that is no longer configured may be read again, but not asked for anything. */
export function readingOf(flow: Flow, source: string): Reading {
  const { directory, policies, sinks, sources } = flow.settings();
  const facts = sources.get(source) ?? { types: null, can_refetch: false };
  return {
    now: flow.clock.now(),
    catalog: flow.catalog,
    directory,
    policies,
    sinks,
    source: { name: source, ...facts },
  };
}
