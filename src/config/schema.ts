import { z } from 'zod';
import type { AnyExportType, Catalog } from '../exports/define.ts';
import { FAILOVER_APPROVALS } from '../exports/policy.ts';
import { DAY_MS, GateMode, HOUR_MS, MINUTE_MS, OffHours, OnStale, Role, SlaClock } from '../exports/words.ts';
import { SOURCE_KINDS } from '../sources/registry.ts';
import { VariableName } from './names.ts';
import { Schedules } from './schedules.ts';
import { type SourceKinds, sourceEntry } from './sources.ts';

/** The kinds of sink there are, each with the schema of its own settings. */
export type SinkKinds = readonly { kind: string; secret: 'signing' | 'token'; settings: z.ZodType }[];

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'A name is lower-case letters, digits, "-" and "_", such as "alice".');

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

const RolloutEntry = z.strictObject({
  stages: z
    .array(z.int().min(1).max(100))
    .min(2, 'A rollout has at least two stages, such as [10, 50, 100].')
    .max(10)
    .refine(
      (stages) =>
        stages.every((stage, n) => n === 0 || (stages[n - 1] ?? 0) < stage) && stages.at(-1) === 100,
      'The percents rise, and the last stage is 100.',
    )
    .optional()
    .describe('Percent of the SKUs that are out after each stage; 10, 50 and 100 when left out.'),
  hold_ms: z
    .int()
    .min(0)
    .max(30 * DAY_MS)
    .optional()
    .describe('How long a stage is watched before the next; 30 minutes when left out.'),
  min_lines: z
    .int()
    .min(2)
    .max(100_000)
    .optional()
    .describe('With fewer SKUs everything goes out at once; 10 when left out.'),
  advance: z
    .enum(['auto', 'hand'])
    .optional()
    .describe('`auto` goes on by itself while all is well; `hand` waits for somebody at every stage.'),
  max_error_percent: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Failed tries in a hundred; 50 when left out.'),
  max_exceptions: z.int().min(0).optional().describe('Exceptions reported afterwards; none when left out.'),
  max_accept_ms: z.int().positive().optional().describe('How long acceptance may have taken.'),
});

function optionalKeys<T extends z.ZodType>(names: readonly string[], value: (name: string) => T) {
  return z.strictObject(Object.fromEntries(names.map((name) => [name, value(name).optional()])));
}

const Failover = z
  .strictObject({
    approve: z
      .enum(FAILOVER_APPROVALS)
      .describe(
        'Whose word the next one takes: nobody’s, somebody’s when it is dearer, or always somebody’s.',
      ),
  })
  .describe('The sinks in routes are tried one after the other until one takes it, and not all at once.');

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
    rollout: RolloutEntry.optional().describe('Cohort after cohort of SKUs, instead of all at once.'),
    routes: z.array(Name).optional().describe('Names of sinks; each takes the operations it knows.'),
    staging: z
      .array(Name)
      .optional()
      .describe('Staging sinks: a sample and a test order are tried there before anybody can accept.'),
    ...(type.alternates ? { failover: Failover.optional() } : {}),
    rules: optionalKeys(Object.keys(type.rules), (name) =>
      typeof type.rules[name] === 'number' ? z.number() : z.string().min(1),
    ).optional(),
  });
}

const SinkSkus = z
  .enum(['as_is', 'mapped'])
  .default('as_is')
  .describe(
    '`mapped`: it takes its own SKUs only, so one without a name there is stopped before it is sent.',
  );

export function sinkEntry(kinds: SinkKinds) {
  const [first, ...rest] = kinds.map(({ kind, settings }) =>
    z.strictObject({
      kind: z.literal(kind),
      secret_env: VariableName.describe('Variable that holds the secret of this sink.'),
      skus: SinkSkus,
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
export function fileSchema(catalog: Catalog, kinds: SinkKinds, sourceKinds: SourceKinds = SOURCE_KINDS) {
  const policies = Object.fromEntries(
    catalog.all().map((type) => [type.name, typePolicy(type).describe(type.title).optional()]),
  );
  return z.strictObject({
    people: z.record(Name, PersonEntry),
    roles: z.partialRecord(Role, RoleFileEntry),
    on_call: OnCall,
    policies: z.strictObject(policies).optional(),
    sources: z.record(Name, sourceEntry(catalog, sourceKinds)),
    sinks: z.record(Name, sinkEntry(kinds)),
    calendars: z.record(Name, CalendarEntry).optional(),
    schedules: Schedules.optional(),
    retention: notYet('Retention rules'),
  });
}
