import type { z } from 'zod';
import type { Envelope, Json } from './envelope.ts';
import type { Money } from './fields.ts';
import type { Amount, Currency } from './money.ts';
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

/**
 * One thing a sink is asked to do. Names are `noun.verb`, e.g. `promo.activate`. `not_before` (ISO
 * 8601) is when it takes effect: a sink that keeps no schedule of its own is sent it only then. `not_after`
 * (ISO 8601) is when it has lost its sense: nothing of it is begun from then on.
 */
export type Operation = {
  name: string;
  body: { [key: string]: Json };
  not_before?: string;
  not_after?: string;
};

/** An export that takes another one back, as far as the type knows it. */
export type Reversal = { export_type: string; intent: Intent; payload: { [key: string]: Json } };

/** What something costs, and what it is called. */
export type Price = { amount: Amount; currency: Currency; service: string | null };

/** How a type's sinks can stand in for each other, one after the other. Such a type has one operation. */
export type Alternates<P> = {
  /** Names of sinks, or names they go by, the most wanted first. */
  wanted(payload: P): readonly string[];
  /** What it was expected to cost, and what it may cost without asking anybody. */
  costs(payload: P): { expected: Money; allowed: Money };
  /** The operation as it is put to one of them, by its name and at the price it has told, where known. */
  operation(operation: Operation, payload: P, name: string | null, price: Price | null): Operation;
};

/** A form that mends what a failure was about. */
export type Mend = {
  /** For its button: "Fix address". */
  title: string;
  /** Paths of single values, also of those that are missing; `*` stands for any list index. */
  paths: readonly string[];
};

/** Limits by name; each type declares its own with their defaults. */
export type Rules = Readonly<Record<string, number | string>>;

export type TypeContext<P, R extends Rules> = {
  envelope: Envelope;
  payload: P;
  rules: R;
  now: number;
  /** True when Meshline itself sends it (`own.ts`), such as what takes an earlier export back. */
  own: boolean;
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
  /** `rules` are those that the export was stamped with, so that gate and operations agree. */
  operations(payload: z.infer<Schema>, envelope: Envelope, rules: R): Operation[];
  /**
   * The export that puts back what one of these values had set, for the canonical SKUs named or for
   * all of them. Null when there is nothing to put back; left out where it cannot be taken back.
   */
  reverse?(
    payload: z.infer<Schema>,
    skus: ReadonlySet<string> | null,
    envelope: Envelope,
    /** What the sinks told when they took it, such as schedules that stood before. */
    told: { readonly [key: string]: Json },
  ): Reversal | null;
  /**
   * The values without these canonical SKUs, for when there is too little of them, or why that cannot
   * be; nothing may be left. Left out where the export goes out whole.
   */
  without?(
    payload: z.infer<Schema>,
    skus: ReadonlySet<string>,
  ): { payload: { [key: string]: Json } } | { why: string };
  exceptions: Readonly<Record<string, ExceptionRule>>;
  /** Where sinks can stand in for each other, such as carriers (R32). */
  alternates?: Alternates<z.infer<Schema>>;
  /** By exception code: what whoever settles that failure may change in a form while the export is paused. */
  mends?: Readonly<Record<string, Mend>>;
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
