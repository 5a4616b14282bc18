import { z } from 'zod';
import type { Catalog } from '../exports/define.ts';
import { isOwn } from '../exports/own.ts';
import { DAY_MS, MINUTE_MS } from '../exports/words.ts';
import { checkUrl } from '../sinks/egress.ts';
import type { SourceKind } from '../sources/define.ts';
import { type Rule, ruleSchema } from '../sources/rules.ts';
import type { Finding } from './faults.ts';
import { VariableName } from './names.ts';
import { type Secrets, secretKey } from './secrets.ts';
import type { Section } from './sections.ts';

/** The kinds of source there are, each with the schema of its own settings. */
export type SourceKinds = readonly SourceKind[];

const SourceScope = z.enum(['exports:read']);
export type SourceScope = z.infer<typeof SourceScope>;

/** What is meant where a source names no kind. */
const USUAL = 'signed';

const settingsOf = (kinds: SourceKinds, kind: string) =>
  kinds.find((each) => each.kind === kind)?.settings ?? z.strictObject({});

const Reconcile = z.strictObject({
  every_ms: z
    .int()
    .min(MINUTE_MS, 'It is asked once a minute at most, so this is at least 60000.')
    .max(DAY_MS)
    .describe('How often it is asked for what its webhooks missed.'),
});

const ApiToken = VariableName.optional().describe('Variable that holds the token for asking its API.');

export function sourceEntry(catalog: Catalog, kinds: SourceKinds) {
  const rules = z
    .array(ruleSchema(catalog))
    .max(100)
    .default([])
    .describe('Which exports its webhooks become; an event that no rule wants is only counted.');
  const signed = z.strictObject({
    kind: z.literal(USUAL).default(USUAL),
    secret_env: VariableName.optional().describe('Variable that holds the signing secret.'),
    types: z
      .array(z.enum(catalog.all().map((type) => type.name)))
      .default([])
      .describe('Export types that this source may send.'),
    refetch_url: z.string().min(1).max(2000).optional().describe('Where to ask for fresh values.'),
    allow_private: z.boolean().default(false).describe('Lets refetch_url be a private or http address.'),
    token_env: VariableName.optional().describe('Variable that holds a bearer token for reading.'),
    scopes: z.array(SourceScope).default([]).describe('What the bearer token may do.'),
    settings: settingsOf(kinds, USUAL).optional(),
    rules,
  });
  const platforms = kinds
    .filter(({ kind }) => kind !== USUAL)
    .map(({ kind, secret, settings, reconciles }) =>
      z.strictObject({
        kind: z.literal(kind),
        ...(secret === 'none'
          ? {}
          : { secret_env: VariableName.describe('Variable that holds the secret of its webhooks.') }),
        api_token_env: ApiToken,
        settings,
        rules,
        ...(reconciles ? { reconcile: Reconcile.optional() } : {}),
      }),
    );
  return z.discriminatedUnion('kind', [signed, ...platforms]);
}
export type SourceEntry = z.infer<ReturnType<typeof sourceEntry>>;
type SignedEntry = Extract<SourceEntry, { types: unknown }>;
/** Which of the optional keys there are is the kind's affair. */
type PlatformEntry = Exclude<SourceEntry, SignedEntry> & {
  secret_env?: string;
  reconcile?: z.infer<typeof Reconcile>;
};

export type SourceConfig = {
  name: string;
  kind: string;
  /** As the kind's own schema parsed them. */
  settings: unknown;
  /** As the environment has them; more than one during a rotation, none for a reader. */
  secrets: readonly string[];
  /** The same as keys of Standard Webhooks signatures; none for platforms that sign in ways of their own. */
  keys: readonly Buffer[];
  /** Export types that it may send or its rules make. */
  types: readonly string[];
  refetch_url: string | null;
  allow_private: boolean;
  /** Bearer tokens for reading. */
  tokens: readonly string[];
  scopes: readonly SourceScope[];
  /** For asking its API. */
  api_token: string | null;
  rules: readonly Rule[];
  reconcile_ms: number | null;
  /** Whether `POST /v1/hooks/{source}` is open to it. */
  takes_hooks: boolean;
};

type SecretsOf = (name: string, path: readonly string[], use: 'signing' | 'other') => Secrets;

/** Every event that cannot be made into an export becomes one of these. */
const GIVEN_UP = 'exception_notify';

const typesOf = (rules: readonly Rule[]) =>
  rules.length === 0 ? [] : [...rules.map((rule) => rule.then), GIVEN_UP];

function checkSigned(name: string, entry: SignedEntry): Finding[] {
  const at = ['sources', name];
  const faults: Finding[] = [];
  if (entry.types.length > 0 && !entry.secret_env) {
    const message = `${name} may send exports, so it needs a secret to sign them with.`;
    faults.push({ path: at, message, advice: 'Name its variable in secret_env.' });
  }
  if (entry.rules.length > 0 && !entry.secret_env) {
    const message = `${name} has rules for webhooks, so it needs a secret to sign them with.`;
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
  for (const [n, rule] of entry.rules.entries()) {
    if (rule.when === 'topic') continue;
    const message = `Webhooks of a signed source do not say ${rule.when}.`;
    const advice = 'Write when: topic, the topic, and the payload in with.';
    faults.push({ path: [...at, 'rules', String(n), 'when'], message, advice });
  }
  return faults;
}

function checkPlatform(name: string, entry: PlatformEntry, kinds: SourceKinds): Finding[] {
  const at = ['sources', name];
  const kind = kinds.find((each) => each.kind === entry.kind);
  const faults = (kind?.check(entry.settings) ?? []).map(
    ({ key, problem }): Finding => ({ path: [...at, 'settings', key], message: problem, advice: '' }),
  );
  if (entry.reconcile && !entry.api_token_env) {
    const message = `${name} is to be asked for what was missed, and there is no token to ask with.`;
    faults.push({ path: [...at, 'reconcile'], message, advice: 'Name its variable in api_token_env.' });
  }
  return faults;
}

function quiet(name: string): Finding {
  return {
    path: ['sources', name],
    message: `${name} has no rules, so nothing is made of its webhooks.`,
    advice: 'Add rules, or remove the source.',
  };
}

/** Checks the sources and puts their secrets in place. */
export function resolveSources(
  { entries }: Section<SourceEntry>,
  kinds: SourceKinds,
  secretsOf: SecretsOf,
): { entries: ReadonlyMap<string, SourceConfig>; faults: readonly Finding[]; warnings: readonly Finding[] } {
  const resolved = new Map<string, SourceConfig>();
  const faults: Finding[] = [];
  const warnings: Finding[] = [];
  const secrets = (variable: string | undefined, path: readonly string[], use: 'signing' | 'other') => {
    const read = variable === undefined ? null : secretsOf(variable, path, use);
    faults.push(...(read?.findings ?? []));
    return read?.values ?? [];
  };
  for (const [name, entry] of entries) {
    const at = ['sources', name];
    if (isOwn(name)) {
      const message = `${name} is the name under which Meshline sends exports of its own.`;
      faults.push({ path: at, message, advice: 'Give this source another name.' });
    }
    const shared = { name, kind: entry.kind, rules: entry.rules };
    if ('types' in entry) {
      const signing = secrets(entry.secret_env, [...at, 'secret_env'], 'signing');
      faults.push(...checkSigned(name, entry));
      resolved.set(name, {
        ...shared,
        settings: entry.settings ?? {},
        secrets: signing,
        keys: signing.flatMap((secret) => secretKey(secret) ?? []),
        types: [...new Set([...entry.types, ...typesOf(entry.rules)])],
        refetch_url: entry.refetch_url ?? null,
        allow_private: entry.allow_private,
        tokens: secrets(entry.token_env, [...at, 'token_env'], 'other'),
        scopes: entry.scopes,
        api_token: null,
        reconcile_ms: null,
        takes_hooks: entry.rules.length > 0,
      });
      continue;
    }
    const platform: PlatformEntry = entry as PlatformEntry;
    faults.push(...checkPlatform(name, platform, kinds));
    if (entry.rules.length === 0) warnings.push(quiet(name));
    resolved.set(name, {
      ...shared,
      settings: entry.settings,
      secrets: secrets(platform.secret_env, [...at, 'secret_env'], 'other'),
      keys: [],
      types: [...new Set(typesOf(entry.rules))],
      refetch_url: null,
      allow_private: false,
      tokens: [],
      scopes: [],
      api_token: secrets(entry.api_token_env, [...at, 'api_token_env'], 'other')[0] ?? null,
      reconcile_ms: platform.reconcile?.every_ms ?? null,
      takes_hooks: true,
    });
  }
  return { entries: resolved, faults, warnings };
}
