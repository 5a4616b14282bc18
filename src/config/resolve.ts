import type { z } from 'zod';
import type { Catalog } from '../exports/define.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { TypePolicy } from '../exports/policy.ts';
import { checkUrl } from '../sinks/egress.ts';
import { checkCalendars, checkClocks } from './calendars.ts';
import type { Variables } from './environment.ts';
import type { Finding } from './faults.ts';
import { checkPeople, checkRoles, resolveDirectory } from './people.ts';
import {
  CalendarEntry,
  OnCall,
  PersonEntry,
  RoleFileEntry,
  type SinkKinds,
  type SourceScope,
  sinkEntry,
  sourceEntry,
} from './schema.ts';
import { readSecrets, type Secrets, secretKey } from './secrets.ts';
import { dangling, type Section, section } from './sections.ts';

export type SourceConfig = {
  name: string;
  /** As the environment has them; more than one during a rotation, none for a reader. */
  secrets: readonly string[];
  /** The same as keys of Standard Webhooks signatures. */
  keys: readonly Buffer[];
  /** Export types it may send. */
  types: readonly string[];
  refetch_url: string | null;
  allow_private: boolean;
  /** Bearer tokens for reading. */
  tokens: readonly string[];
  scopes: readonly SourceScope[];
};

export type SinkConfig = {
  name: string;
  kind: string;
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
};

export type Surroundings = {
  env: Variables;
  need: 'required' | 'if_set';
  catalog: Catalog;
  sinkKinds: SinkKinds;
};

/**
 * Checks the names of the file against each other and against the environment, and puts everything
 * together. It reads entry by entry, so that a fault in one does not hide those of the others; the
 * configuration it gives is whole only when neither it nor the schema found a fault.
 */
export function resolve(
  file: object,
  { env, need, catalog, sinkKinds }: Surroundings,
): { config: Config; faults: readonly Finding[]; warnings: readonly Finding[] } {
  const secretsOf: SecretsOf = (name, path, use) => {
    const unset = need === 'if_set' && !env[name]?.trim();
    return unset ? { values: [], findings: [] } : readSecrets(env, name, path, use);
  };
  const people = section(file, 'people', PersonEntry);
  const roles = section(file, 'roles', RoleFileEntry);
  const calendars = section(file, 'calendars', CalendarEntry);
  const onCall = OnCall.safeParse(Reflect.get(file, 'on_call'));
  const sources = resolveSources(section(file, 'sources', sourceEntry(catalog)), secretsOf);
  const sinks = resolveSinks(section(file, 'sinks', sinkEntry(sinkKinds)), sinkKinds, secretsOf);
  const policies = readPolicies(file, catalog);
  const team = { people, roles, calendars, on_call: onCall.success ? onCall.data : null };
  const checked = [checkPeople(people), checkRoles(team, catalog)];
  const faults = [
    ...checked.flatMap((each) => each.faults),
    ...checkCalendars(calendars, people),
    ...sources.faults,
    ...sinks.faults,
    ...[...policies].flatMap(([type, policy]) => checkRoutes(type, policy, sinks.names)),
  ];
  const warnings = [
    ...checked.flatMap((each) => each.warnings),
    ...checkClocks(team, policies, catalog),
    ...unroutedTypes(catalog, policies),
  ];
  const { directory, slack_users } = resolveDirectory(team);
  return {
    config: { directory, slack_users, policies, sources: sources.entries, sinks: sinks.entries },
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

function checkRoutes(type: string, policy: TypePolicy, sinks: ReadonlySet<string>): Finding[] {
  if (!Array.isArray(policy.routes)) return [];
  return policy.routes.flatMap((sink: unknown, n) => {
    if (typeof sink !== 'string') return [];
    const path = ['policies', type, 'routes', String(n)];
    if (policy.routes?.indexOf(sink) !== n) {
      return [{ path, message: `"${sink}" stands here twice.`, advice: 'Name each sink once.' }];
    }
    return dangling(sink, sinks, 'sinks', path);
  });
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

type SourceEntries = Section<z.infer<ReturnType<typeof sourceEntry>>>;

function resolveSources({ entries }: SourceEntries, secretsOf: SecretsOf) {
  const resolved = new Map<string, SourceConfig>();
  const faults: Finding[] = [];
  for (const [name, entry] of entries) {
    const at = ['sources', name];
    const signing = entry.secret_env ? secretsOf(entry.secret_env, [...at, 'secret_env'], 'signing') : null;
    const reading = entry.token_env ? secretsOf(entry.token_env, [...at, 'token_env'], 'other') : null;
    faults.push(...(signing?.findings ?? []), ...(reading?.findings ?? []));
    if (entry.types.length > 0 && !entry.secret_env) {
      const message = `${name} may send exports, so it needs a secret to sign them with.`;
      faults.push({ path: at, message, advice: 'Name its variable in secret_env.' });
    }
    if (!entry.secret_env && !entry.token_env) {
      const message = `${name} has neither secret_env nor token_env, so nobody can use it.`;
      faults.push({ path: at, message, advice: 'Set secret_env to let it send, token_env to let it read.' });
    }
    if (entry.token_env && entry.scopes.length === 0) {
      const message = 'The token may do nothing, because there are no scopes.';
      faults.push({ path: [...at, 'token_env'], message, advice: 'Add scopes: [exports:read].' });
    }
    const refetch = entry.refetch_url === undefined ? null : checkUrl(entry.refetch_url, entry.allow_private);
    if (refetch && !refetch.ok) {
      faults.push({ path: [...at, 'refetch_url'], message: refetch.problem, advice: '' });
    }
    resolved.set(name, {
      name,
      secrets: signing?.values ?? [],
      keys: keysOf(signing?.values ?? []),
      types: entry.types,
      refetch_url: entry.refetch_url ?? null,
      allow_private: entry.allow_private,
      tokens: reading?.values ?? [],
      scopes: entry.scopes,
    });
  }
  return { entries: resolved, faults };
}

function resolveSinks(
  { names, entries }: Section<{ kind: string; secret_env: string; settings: unknown }>,
  kinds: SinkKinds,
  secretsOf: SecretsOf,
) {
  const resolved = new Map<string, SinkConfig>();
  const faults: Finding[] = [];
  for (const [name, { kind, secret_env, settings }] of entries) {
    const use = kinds.find((each) => each.kind === kind)?.secret === 'token' ? 'other' : 'signing';
    const { values, findings } = secretsOf(secret_env, ['sinks', name, 'secret_env'], use);
    faults.push(...findings);
    resolved.set(name, { name, kind, settings, secrets: values, keys: keysOf(values) });
  }
  return { names, entries: resolved, faults };
}

function keysOf(secrets: readonly string[]): Buffer[] {
  return secrets.flatMap((secret) => secretKey(secret) ?? []);
}
