import { createCatalog } from '../../src/exports/catalog.ts';
import type {
  AnyExportType,
  CardContent,
  Catalog,
  GateNeed,
  Operation,
  Rules,
} from '../../src/exports/define.ts';
import { Envelope, type Json } from '../../src/exports/envelope.ts';
import { plainWords } from '../../src/exports/plain-words.ts';
import { error, type Problem } from '../../src/exports/problems.ts';
import { fixture, put, type RawExport } from './fixtures.ts';
import { T0 } from './manual-clock.ts';

/** All that a type says about one raw export. */
export type Examined = {
  type: AnyExportType;
  envelope: Envelope;
  problems: readonly Problem[];
  gate: GateNeed;
  card: CardContent;
  operations: readonly Operation[];
  subjects: readonly string[];
  owner_role: string;
  sla_ms: number;
};

export type Changes = Readonly<Record<string, Json | undefined>>;

/** A fixture with some of its values replaced, by path. */
export function changed(type: string, changes: Changes = {}): RawExport {
  return fixture(type, {
    edit: (raw) => {
      for (const [path, value] of Object.entries(changes)) put(raw, path, value);
    },
  });
}

/** What the schemas refuse, as problems; empty when they take it. */
export function refused(type: string, changes: Changes, catalog: Catalog = createCatalog()): Problem[] {
  const found = catalog.get(type);
  if (!found) throw new Error(`There is no type ${type}.`);
  const parsed = found.payload.safeParse(changed(type, changes).payload, { error: plainWords });
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) =>
    error('schema', ['payload', ...issue.path.map(String)].join('.'), issue.message),
  );
}

/** Reads a raw export by its type's own rules. Throws when a schema refuses it. */
export function examine(
  raw: RawExport,
  {
    now = T0,
    rules = {},
    catalog = createCatalog(),
  }: { now?: number; rules?: Rules; catalog?: Catalog } = {},
): Examined {
  const envelope = Envelope.parse(raw);
  const type = catalog.get(envelope.export_type);
  if (!type) throw new Error(`There is no type ${envelope.export_type}.`);
  const payload = type.payload.parse(envelope.payload, { error: plainWords });
  const context = { envelope, payload, rules: { ...type.rules, ...rules }, now, own: false };
  return {
    type,
    envelope,
    problems: type.check(context),
    gate: type.gate(context),
    card: type.card(context),
    operations: type.operations(payload, envelope, context.rules),
    subjects: type.subjects(payload, envelope),
    owner_role: type.policy.owner_role_for?.(payload, envelope) ?? type.policy.owner_role,
    sla_ms: type.policy.sla_ms_for?.(payload, envelope) ?? type.policy.sla_ms,
  };
}

/** The problem of one code, as "severity path", or null; with its message. */
export function finding(problems: readonly Problem[], code: string): { at: string; message: string } | null {
  const found = problems.find((problem) => problem.code === code);
  return found ? { at: `${found.severity} ${found.path}`, message: found.message } : null;
}

/** A message that somebody can read: a sentence or more, with every fact filled in. */
export const READABLE = /^["A-Z0-9(](?!.*(undefined|NaN|null|\[object|[{}])).{10,400}[.]$/s;
