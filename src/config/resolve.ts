import type { Catalog } from '../exports/define.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { TypePolicy } from '../exports/policy.ts';
import { SOURCE_KINDS } from '../sources/registry.ts';
import { checkCalendars, checkClocks } from './calendars.ts';
import type { Variables } from './environment.ts';
import type { Finding } from './faults.ts';
import { checkPeople, checkRoles, resolveDirectory } from './people.ts';
import { Schedules } from './schedules.ts';
import { CalendarEntry, OnCall, PersonEntry, RoleFileEntry, type SinkKinds, sinkEntry } from './schema.ts';
import { readSecrets, type Secrets, secretKey } from './secrets.ts';
import { dangling, type Section, section } from './sections.ts';
import { resolveSources, type SourceConfig, type SourceKinds, sourceEntry } from './sources.ts';

export type { SourceConfig } from './sources.ts';

export type SinkConfig = {
  name: string;
  kind: string;
  /** Whether it takes SKUs that nobody has named for it. */
  skus: 'as_is' | 'mapped';
  /** As the kind's own schema parsed them. */
  settings: unknown;
  /** As the environment has them; the first is the one to sign with. */
  secrets: readonly string[];
  /** The same as keys of Standard Webhooks signatures. */
  keys: readonly Buffer[];
};

/** meshline.yml with its names resolved and its secrets in place. */
export type Config = {
  /** Nobody is linked to Slack yet: `slack` is null until the workspace is known. */
  directory: Directory;
  /** Slack user ids that the file names; everybody else is linked by e-mail. */
  slack_users: ReadonlyMap<PersonId, string>;
  policies: ReadonlyMap<string, TypePolicy>;
  sources: ReadonlyMap<string, SourceConfig>;
  sinks: ReadonlyMap<string, SinkConfig>;
  /** What Meshline does by itself; nothing where it is left out. */
  schedules: Schedules;
};

export type Surroundings = {
  env: Variables;
  need: 'required' | 'if_set';
  catalog: Catalog;
  sinkKinds: SinkKinds;
  sourceKinds?: SourceKinds;
};

/**
 * Checks the names of the file against each other and against the environment, and puts everything
 * together. It reads entry by entry, so that a fault in one does not hide those of the others; the
 * configuration it gives is whole only when neither it nor the schema found a fault.
 */
export function resolve(
  file: object,
  { env, need, catalog, sinkKinds, sourceKinds = SOURCE_KINDS }: Surroundings,
): { config: Config; faults: readonly Finding[]; warnings: readonly Finding[] } {
  const secretsOf: SecretsOf = (name, path, use) => {
    const unset = need === 'if_set' && !env[name]?.trim();
    return unset ? { values: [], findings: [] } : readSecrets(env, name, path, use);
  };
  const people = section(file, 'people', PersonEntry);
  const roles = section(file, 'roles', RoleFileEntry);
  const calendars = section(file, 'calendars', CalendarEntry);
  const onCall = OnCall.safeParse(Reflect.get(file, 'on_call'));
  const sourceEntries = section(file, 'sources', sourceEntry(catalog, sourceKinds));
  const sources = resolveSources(sourceEntries, sourceKinds, secretsOf);
  const sinks = resolveSinks(section(file, 'sinks', sinkEntry(sinkKinds)), sinkKinds, secretsOf);
  const policies = readPolicies(file, catalog);
  const team = { people, roles, calendars, on_call: onCall.success ? onCall.data : null };
  const checked = [checkPeople(people), checkRoles(team, catalog)];
  const faults = [
    ...checked.flatMap((each) => each.faults),
    ...checkCalendars(calendars, people),
    ...sources.faults,
    ...sinks.faults,
    ...[...policies].flatMap(([type, policy]) => [
      ...checkNames(type, 'routes', policy, sinks.names),
      ...checkNames(type, 'staging', policy, sinks.names),
    ]),
  ];
  const warnings = [
    ...checked.flatMap((each) => each.warnings),
    ...checkClocks(team, policies, catalog),
    ...unroutedTypes(catalog, policies),
    ...loneAlternates(policies),
    ...sources.warnings,
  ];
  const { directory, slack_users } = resolveDirectory(team);
  const schedules = Schedules.safeParse(Reflect.get(file, 'schedules') ?? {});
  return {
    config: {
      directory,
      slack_users,
      policies,
      sources: sources.entries,
      sinks: sinks.entries,
      schedules: schedules.success ? schedules.data : {},
    },
    faults,
    warnings,
  };
}

function readPolicies(file: object, catalog: Catalog): Map<string, TypePolicy> {
  const raw: unknown = Reflect.get(file, 'policies');
  if (raw === null || typeof raw !== 'object') return new Map();
  const known = catalog.all().map((type) => type.name);
  // @NOTE The schema of the file has checked every policy; a file that failed it is never used.
  return new Map(
    Object.entries(raw).flatMap(([name, policy]: [string, unknown]) =>
      known.includes(name) && policy !== null && typeof policy === 'object'
        ? [[name, policy as TypePolicy]]
        : [],
    ),
  );
}

function checkNames(
  type: string,
  key: 'routes' | 'staging',
  policy: TypePolicy,
  sinks: ReadonlySet<string>,
): Finding[] {
  const names = policy[key];
  if (!Array.isArray(names)) return [];
  return names.flatMap((sink: unknown, n) => {
    if (typeof sink !== 'string') return [];
    const path = ['policies', type, key, String(n)];
    if (names.indexOf(sink) !== n) {
      return [{ path, message: `"${sink}" stands here twice.`, advice: 'Name each sink once.' }];
    }
    return dangling(sink, sinks, 'sinks', path);
  });
}

function loneAlternates(policies: ReadonlyMap<string, TypePolicy>): Finding[] {
  return [...policies]
    .filter(([, policy]) => policy.failover && (policy.routes?.length ?? 0) < 2)
    .map(([type]) => ({
      path: ['policies', type, 'failover'],
      message: 'There is nobody to fail over to, because routes names fewer than two sinks.',
      advice: `Name the other sinks in policies.${type}.routes, or leave failover out.`,
    }));
}

function unroutedTypes(catalog: Catalog, policies: ReadonlyMap<string, TypePolicy>): Finding[] {
  return catalog
    .all()
    .filter((type) => (policies.get(type.name)?.routes?.length ?? 0) === 0)
    .map((type) => ({
      path: ['policies', type.name],
      message: `No sink is set for ${type.name}, so an accepted one is recorded and sent nowhere.`,
      advice: `Name its sinks in policies.${type.name}.routes.`,
    }));
}

type SecretsOf = (name: string, path: readonly string[], use: 'signing' | 'other') => Secrets;

function resolveSinks(
  {
    names,
    entries,
  }: Section<{ kind: string; secret_env: string; skus: SinkConfig['skus']; settings: unknown }>,
  kinds: SinkKinds,
  secretsOf: SecretsOf,
) {
  const resolved = new Map<string, SinkConfig>();
  const faults: Finding[] = [];
  for (const [name, { kind, secret_env, skus, settings }] of entries) {
    const use = kinds.find((each) => each.kind === kind)?.secret === 'token' ? 'other' : 'signing';
    const { values, findings } = secretsOf(secret_env, ['sinks', name, 'secret_env'], use);
    faults.push(...findings);
    resolved.set(name, { name, kind, skus, settings, secrets: values, keys: keysOf(values) });
  }
  return { names, entries: resolved, faults };
}

function keysOf(secrets: readonly string[]): Buffer[] {
  return secrets.flatMap((secret) => secretKey(secret) ?? []);
}
