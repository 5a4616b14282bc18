import type { z } from 'zod';
import type { Envelope, Json } from './envelope.ts';
import type { ExceptionRule, RetryPolicy } from './policy.ts';
import type { Problem } from './problems.ts';
import type { Line } from './text.ts';
import type { GateMode, Intent, OnStale, Role } from './words.ts';

/** One value before and after, as the card and the review show it. */
export type Change = { item: string; before: string; after: string };

/** What a person must know to decide, in plain data; the surface draws it. */
export type CardContent = {
  /** Verb, object, blast radius, channel: "Activate *Summer 24*: 20 % off 42 SKUs on Shopify". */
  headline: Line;
  /** At most eight short facts, most important first. */
  facts: readonly { label: string; value: Line }[];
  /** Every change; the card shows the first five and the totals, the review all of them. */
  changes: readonly Change[];
  /** One line such as "42 SKUs, lowest new price 7.99 EUR". */
  totals: string | null;
  /** How it can be undone once it is out. */
  rollback: string | null;
  /** The effect in a sentence, for the confirm dialog of a critical acceptance. */
  effect: string;
};

/** One thing a sink is asked to do. Names are `noun.verb`, e.g. `promo.activate`. */
export type Operation = { name: string; body: { [key: string]: Json } };

/** Limits by name; each type declares its own with their defaults. */
export type Rules = Readonly<Record<string, number | string>>;

export type TypeContext<P, R extends Rules> = {
  envelope: Envelope;
  payload: P;
  rules: R;
  now: number;
};

/**
 * The gate a payload calls for. `roles` are the steps: empty for `policy`, one for `single`, two for
 * `two_step`. `raised` says that a rule lifted it above the type's usual gate, so that configuration
 * cannot lower it again.
 */
export type GateNeed = { mode: GateMode; roles: readonly Role[]; raised: boolean; reason: string };

export type ExportType<Schema extends z.ZodObject = z.ZodObject, R extends Rules = Rules> = {
  name: string;
  /** For people: "Promo activation". */
  title: string;
  payload: Schema;
  intents: readonly [Intent, ...Intent[]];
  policy: {
    owner_role: Role;
    sla_ms: number;
    /** Where the payload decides who owns it; a sender's own `owner_role` still goes first. */
    owner_role_for?(payload: z.infer<Schema>, envelope: Envelope): Role;
    /** Where the payload decides how long a decision may take. */
    sla_ms_for?(payload: z.infer<Schema>, envelope: Envelope): number;
    /** True when configuration may not relax the gate (R2, marked *). */
    gate_is_fixed: boolean;
    refresh: Readonly<Record<string, { max_age_ms: number; on_stale?: OnStale }>>;
    retry: RetryPolicy;
  };
  /** Limits that configuration may change, with their defaults. */
  rules: R;
  /** What the payload alone calls for; the configuration may tighten it. */
  gate(context: TypeContext<z.infer<Schema>, R>): GateNeed;
  /** Business rules (R10). Errors quarantine; warnings are shown to whoever decides. */
  check(context: TypeContext<z.infer<Schema>, R>): Problem[];
  /** Paths that whoever decides may edit in the review; `*` stands for any list index. None unless told. */
  editable?: readonly string[];
  /**
   * What the export sets, so that an older value never overwrites a newer one (R3). Empty for what
   * must always apply, such as a relative stock movement.
   */
  subjects(payload: z.infer<Schema>, envelope: Envelope): string[];
  card(context: TypeContext<z.infer<Schema>, R>): CardContent;
  operations(payload: z.infer<Schema>, envelope: Envelope): Operation[];
  exceptions: Readonly<Record<string, ExceptionRule>>;
};

/**
 * Declares one export type; the schema gives the type of every callback's payload.
 * An eleventh type is one such file and one line in `catalog.ts`.
 */
export function defineExport<Schema extends z.ZodObject, R extends Rules>(
  type: ExportType<Schema, R>,
): AnyExportType {
  return type;
}

/** A type as the catalogue holds it: its payload has been parsed, its shape is its own business. */
export type AnyExportType = ExportType;

/** What the core needs of the registry. */
export type Catalog = {
  get(name: string): AnyExportType | undefined;
  all(): readonly AnyExportType[];
};
