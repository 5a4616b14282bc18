import { z } from 'zod';

/** The words that other systems and people script against (INTERFACES: "Words"). */

export const Role = z.enum([
  'marketing_ops',
  'merchandising',
  'logistics',
  'operations',
  'supply_chain',
  'engineering',
  'remediation',
]);
export type Role = z.infer<typeof Role>;

export const Status = z.enum([
  'quarantined',
  'pending',
  'accepted',
  'delivering',
  'paused',
  'delivered',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'rolled_back',
]);
export type Status = z.infer<typeof Status>;

/** Nothing can happen to these any more, except that a delivered export may be rolled back. */
export const TERMINAL: ReadonlySet<Status> = new Set<Status>([
  'delivered',
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'rolled_back',
]);

export const Intent = z.enum([
  'promo_schedule',
  'publish_preview',
  'publish_live',
  'reconcile',
  'fulfil',
  'notify',
]);
export type Intent = z.infer<typeof Intent>;

export const GateMode = z.enum(['policy', 'single', 'two_step']);
export type GateMode = z.infer<typeof GateMode>;

export const Severity = z.enum(['critical', 'high', 'normal', 'low']);
export type Severity = z.infer<typeof Severity>;

export const OnStale = z.enum(['refetch', 'confirm', 'refuse']);
export type OnStale = z.infer<typeof OnStale>;

/** What an SLA and its ladder run on: every hour, or the owner's working hours. */
export const SlaClock = z.enum(['always', 'working_hours']);
export type SlaClock = z.infer<typeof SlaClock>;

/** What becomes of an export that comes in outside its owner's working hours. */
export const OffHours = z.enum(['wait', 'backup']);
export type OffHours = z.infer<typeof OffHours>;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
