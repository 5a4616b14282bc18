import { z } from 'zod';
import { Intent, Role } from './words.ts';

/** An instant as contracts carry it: ISO 8601 with a zone, e.g. `2026-11-24T09:00:00Z`. */
export const Instant = z.iso.datetime({ offset: true });

/** How old one field group is, and how old its sender allows it to be. */
export const Refresh = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'A field group is a lower-case word such as "price".'),
  z.strictObject({ as_of: Instant, max_age_ms: z.int().positive().optional() }),
);
export type Refresh = z.infer<typeof Refresh>;

/** Any JSON value, as payload data travels before its type's schema has read it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What a sender may say (R1). Strict on purpose: `accepted_by`, `state`, approvers or backups in
 * here are refused, because they are Meshline's to say.
 */
export const Envelope = z.strictObject({
  export_type: z.string().min(1).max(60),
  intent: Intent,
  owner_id: z.guid().optional(),
  owner_role: Role.optional(),
  campaign_id: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .refine((id) => id.isWellFormed(), 'The campaign id holds half a character. Send valid Unicode.')
    .optional(),
  source: z.strictObject({
    system: z.string().trim().min(1).max(80),
    reference: z.string().trim().min(1).max(200),
    /** The person who asked for it; they are told the outcome and may withdraw it. */
    requested_by: z.guid().optional(),
    /** The export whose effect this one undoes; that one becomes `rolled_back` on delivery. */
    reverses: z.guid().optional(),
  }),
  idempotency_key: z.string().min(1).max(200),
  occurred_at: Instant,
  refresh: Refresh.default({}),
  sla_ms: z.int().positive().optional(),
  exception_code: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,79}$/)
    .optional(),
  exception_metadata: z.record(z.string().max(80), z.json()).optional(),
  payload: z.record(z.string(), z.json()),
});
export type Envelope = z.infer<typeof Envelope>;
