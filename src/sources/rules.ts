import { z } from 'zod';
import type { Catalog } from '../exports/define.ts';
import type { Json } from '../exports/envelope.ts';
import { Intent, Role } from '../exports/words.ts';
import type { About, Fact, What } from './facts.ts';

/** Which exports each fact can become. */
export const MAKES = {
  order_placed: ['shipping_label_request', 'inventory_delta'],
  inventory_below: ['inventory_delta', 'exception_notify'],
  promo_scheduled: ['promo_activation'],
  label_failed: ['exception_notify'],
} as const satisfies Record<What, readonly [string, ...string[]]>;

const shared = {
  intent: Intent.optional().describe('Intent of the export; the first that its type allows unless told.'),
  owner_role: Role.optional(),
  campaign_id: z.string().trim().min(1).max(120).optional(),
  exception_code: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,79}$/, 'A code is lower-case letters, digits and "_", such as "label_pending".')
    .optional()
    .describe('Exception code of the export, where the event names none or another one is wanted.'),
  with: z
    .record(z.string().max(80), z.json())
    .default({})
    .describe('What the event does not say: values of the payload, which go before those of the event.'),
};

/** What makes an export of an event, as a rule of a source says it. */
export const ruleSchema = (catalog: Pick<Catalog, 'all'>) =>
  z.discriminatedUnion('when', [
    z.strictObject({ when: z.literal('order_placed'), then: z.enum(MAKES.order_placed), ...shared }),
    z.strictObject({
      when: z.literal('inventory_below'),
      threshold: z.int().min(1, 'No stock is below 0 units.').max(100_000_000),
      then: z.enum(MAKES.inventory_below),
      ...shared,
    }),
    z.strictObject({ when: z.literal('promo_scheduled'), then: z.enum(MAKES.promo_scheduled), ...shared }),
    z.strictObject({ when: z.literal('label_failed'), then: z.enum(MAKES.label_failed), ...shared }),
    z.strictObject({
      when: z.literal('topic'),
      topic: z
        .string()
        .min(1)
        .max(200)
        .describe('Topic of the event as its source writes it; "*" stands for anything.'),
      then: z.enum(catalog.all().map((type) => type.name)),
      ...shared,
    }),
  ]);
export type Rule = z.infer<ReturnType<typeof ruleSchema>>;

/** Whether a topic fits a pattern in which `*` stands for any text. */
export function fitsTopic(pattern: string, topic: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === topic;
  let from = 0;
  for (const [n, part] of parts.entries()) {
    const last = n === parts.length - 1;
    const found = last ? topic.length - part.length : topic.indexOf(part, from);
    if (found < from || (n === 0 && found !== 0) || !topic.startsWith(part, found)) return false;
    from = found + part.length;
  }
  return true;
}

/** Whether a rule wants this fact, or may want what is known of it before it is fetched. */
export function wants(rule: Rule, about: About): boolean {
  if (rule.when !== about.what) return false;
  if (rule.when !== 'inventory_below') return true;
  return about.quantity === null || about.quantity < rule.threshold;
}

export function aboutOf(fact: Fact): About {
  return { what: fact.what, quantity: fact.what === 'inventory_below' ? fact.quantity : null };
}

/** The value at "$.a.b.0.c" in the event; null when nothing is there. */
function pick(path: string, body: Json): Json {
  let value: Json | undefined = body;
  for (const step of path.slice(2).split('.')) {
    if (value === null || typeof value !== 'object') return null;
    value = Array.isArray(value) ? value[Number(step)] : Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return null;
  }
  return value;
}

/** A template with every text that begins with "$." replaced by what stands there in the event. */
export function filled(template: Json, body: Json): Json {
  if (typeof template === 'string') return template.startsWith('$.') ? pick(template, body) : template;
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return template.map((each) => filled(each, body));
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, filled(each, body)]));
}

/** `over` goes before `under`; maps are joined, and a map over a list goes over each of its entries. */
export function joined(under: Json, over: Json): Json {
  if (over === null || typeof over !== 'object' || Array.isArray(over)) return over;
  if (Array.isArray(under)) return under.map((each) => joined(each, over));
  if (under === null || typeof under !== 'object') return over;
  const both = { ...under };
  for (const [key, value] of Object.entries(over)) both[key] = joined(under[key] ?? null, value);
  return both;
}
