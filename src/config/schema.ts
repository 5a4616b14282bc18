import { z } from 'zod';
import type { AnyExportType, Catalog } from '../exports/define.ts';
import { DAY_MS, GateMode, HOUR_MS, MINUTE_MS, OffHours, OnStale, Role, SlaClock } from '../exports/words.ts';

/** The kinds of sink there are, each with the schema of its own settings. */
export type SinkKinds = readonly { kind: string; secret: 'signing' | 'token'; settings: z.ZodType }[];

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'A name is lower-case letters, digits, "-" and "_", such as "alice".');

const VariableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,79}$/, 'This is the name of an environment variable, such as OMS_SECRET.');

const Channel = z
  .string()
  .regex(
    /^(?:[CG][A-Z0-9]{2,}|#[\p{L}\p{N}_-]{1,80})$/u,
    'A channel is an id such as C0123456789 or a quoted name such as "#promo-approvals".',
  );

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const PersonEntry = z.strictObject({
  id: z.guid('An id is a GUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7; it never changes.'),
  name: z.string().trim().min(1, 'A person needs a name.').max(80),
  email: z.email('This is not an e-mail address.'),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,}$/, 'A Slack user id begins with U or W. Leave it out to link by e-mail.')
    .optional()
    .describe('Slack user id; without it the person is linked by e-mail address.'),
  time_zone: z
    .string()
    .refine(isZone, 'This is not an IANA time zone. Write one such as Europe/Berlin or America/New_York.'),
  calendar: Name.optional().describe('Name of their calendar; its hours are read in their time zone.'),
  backup: Name.optional().describe('Key of the person who joins when this one is silent or away.'),
  active: z.boolean().default(true),
});
export type PersonEntry = z.infer<typeof PersonEntry>;

const Hours = z
  .array(
    z
      .string()
      .regex(
        /^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/,
        'Hours are written from-to, such as "09:00-17:30"; a shift such as "22:00-06:00" ends on the next day.',
      )
      .refine(
        (hours) => hours.slice(0, 5) !== hours.slice(6),
        'These hours end when they begin. A whole day is "00:00-24:00".',
      ),
  )
  .max(20)
  .optional();

export const CalendarEntry = z.strictObject({
  hours: z.strictObject({
    mon: Hours,
    tue: Hours,
    wed: Hours,
    thu: Hours,
    fri: Hours,
    sat: Hours,
    sun: Hours,
  }),
  holidays: z
    .array(z.iso.date('A holiday is a day such as 2026-12-25.'))
    .max(1000)
    .default([])
    .describe('Days without work, midnight to midnight where the person is.'),
});
export type CalendarEntry = z.infer<typeof CalendarEntry>;

export const RoleFileEntry = z.strictObject({
  members: z.array(Name).min(1, 'A role needs at least one member.').describe('Keys of people.'),
  channel: Channel,
  default_owner: Name.optional().describe('Owns what no export names an owner for; one of the members.'),
});
export type RoleFileEntry = z.infer<typeof RoleFileEntry>;

export const OnCall = z.strictObject({
  channel: Channel,
  people: z.array(Name).min(1, 'Somebody has to be on call.'),
  user_group: z
    .string()
    .regex(/^S[A-Z0-9]{2,}$/, 'A user group is an id such as S0123456789.')
    .optional(),
});
export type OnCall = z.infer<typeof OnCall>;

const SourceScope = z.enum(['exports:read']);
export type SourceScope = z.infer<typeof SourceScope>;

export const sourceEntry = (catalog: Catalog) =>
  z.strictObject({
    secret_env: VariableName.optional().describe('Variable that holds the signing secret.'),
    types: z
      .array(z.enum(catalog.all().map((type) => type.name)))
      .default([])
      .describe('Export types that this source may send.'),
    refetch_url: z.string().min(1).max(2000).optional().describe('Where to ask for fresh values.'),
    allow_private: z.boolean().default(false).describe('Lets refetch_url be a private or http address.'),
    token_env: VariableName.optional().describe('Variable that holds a bearer token for reading.'),
    scopes: z.array(SourceScope).default([]).describe('What the bearer token may do.'),
  });
export type SourceEntry = z.infer<ReturnType<typeof sourceEntry>>;

const Ladder = z
  .array(
    z.strictObject({
      do: z.enum(['remind', 'escalate', 'page', 'expire']),
      after: z
        .number()
        .positive()
        .max(100)
        .describe('Fraction of the SLA: 0.5 is half-way, 2 is twice the SLA.'),
    }),
  )
  .min(1, 'A ladder needs at least one rung; leave the key out for the usual one.')
  .max(20)
  .refine(
    (rungs) => rungs.every((rung, n) => n === 0 || (rungs[n - 1]?.after ?? 0) < rung.after),
    'Each rung must come later than the one before it.',
  )
  .refine(
    (rungs) => rungs.every((rung, n) => rung.do !== 'expire' || n === rungs.length - 1),
    '"expire" ends the wait, so it can only be the last rung.',
  );

function optionalKeys<T extends z.ZodType>(names: readonly string[], value: (name: string) => T) {
  return z.strictObject(Object.fromEntries(names.map((name) => [name, value(name).optional()])));
}

/** What may be said about one type: its own rules and field groups by name, so that a typing error is found. */
function typePolicy(type: AnyExportType) {
  return z.strictObject({
    gate: (type.policy.gate_is_fixed
      ? z.literal('two_step', {
          error: `The gate of ${type.name} is fixed, so configuration cannot relax it. Leave the key out.`,
        })
      : GateMode
    ).optional(),
    ordered: z.boolean().optional().describe('True when step two may only be signed after step one.'),
    sla_ms: z
      .int()
      .min(1000, 'An SLA is at least 1000 ms.')
      .max(90 * DAY_MS)
      .optional(),
    ladder: Ladder.optional(),
    clock: SlaClock.optional().describe("What the SLA and the ladder run on; working hours are the owner's."),
    off_hours: OffHours.optional().describe(
      "Outside the owner's working hours: wait for them, or go to the backup at once.",
    ),
    refresh: optionalKeys(Object.keys(type.policy.refresh), () =>
      z.strictObject({
        max_age_ms: z
          .int()
          .positive()
          .max(365 * DAY_MS)
          .optional(),
        on_stale: OnStale.optional(),
      }),
    ).optional(),
    undo_ms: z
      .int()
      .min(0)
      .max(HOUR_MS)
      .optional()
      .describe('How long an acceptance can be taken back before the push begins.'),
    lock_ms: z
      .int()
      .min(MINUTE_MS)
      .max(HOUR_MS)
      .optional()
      .describe('How long an opened review keeps others from deciding.'),
    ack_ms: z
      .int()
      .min(MINUTE_MS)
      .max(DAY_MS)
      .optional()
      .describe('How long "I’m on it" counts without a decision before on-call is paged again.'),
    routes: z.array(Name).optional().describe('Names of sinks; each takes the operations it knows.'),
    rules: optionalKeys(Object.keys(type.rules), (name) =>
      typeof type.rules[name] === 'number' ? z.number() : z.string().min(1),
    ).optional(),
  });
}

export function sinkEntry(kinds: SinkKinds) {
  const [first, ...rest] = kinds.map(({ kind, settings }) =>
    z.strictObject({
      kind: z.literal(kind),
      secret_env: VariableName.describe('Variable that holds the secret of this sink.'),
      settings,
    }),
  );
  if (!first) throw new TypeError('There must be at least one kind of sink.');
  return z.discriminatedUnion('kind', [first, ...rest]);
}

const notYet = (what: string) =>
  z
    .strictObject(
      {},
      { error: `${what} are not available yet, so this must stay empty. Remove what is in it.` },
    )
    .optional();

/** The whole of meshline.yml, for the types and sinks there are. Names are checked against each other in resolve.ts. */
export function fileSchema(catalog: Catalog, kinds: SinkKinds) {
  const policies = Object.fromEntries(
    catalog.all().map((type) => [type.name, typePolicy(type).describe(type.title).optional()]),
  );
  return z.strictObject({
    people: z.record(Name, PersonEntry),
    roles: z.partialRecord(Role, RoleFileEntry),
    on_call: OnCall,
    policies: z.strictObject(policies).optional(),
    sources: z.record(Name, sourceEntry(catalog)),
    sinks: z.record(Name, sinkEntry(kinds)),
    calendars: z.record(Name, CalendarEntry).optional(),
    schedules: notYet('Schedules'),
    retention: notYet('Retention rules'),
  });
}
export type FileSchema = ReturnType<typeof fileSchema>;
