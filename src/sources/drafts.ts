import { toIso } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import type { Intent } from '../exports/words.ts';
import type { Naming } from './define.ts';
import type { Fact, LabelFailed, OrderPlaced, PostalAddress, PromoScheduled, StockLevel } from './facts.ts';
import type { Body } from './port.ts';
import { aboutOf, filled, joined, type Rule, wants } from './rules.ts';

/** An export as a source's rule drafts it; intake reads it and finds what is missing. */
export type Draft = { key: string; raw: Body };

/** What drafting needs to know of a source. */
export type Drafting = {
  /** What exports name as their system. */
  system: string;
  naming: Naming;
  rules: readonly Rule[];
  /** The first intent that a type allows. */
  intentOf(exportType: string): Intent;
  now: number;
};

/** Longest idempotency key of an export. */
const LONGEST_KEY = 200;
const LONGEST_REFERENCE = 200;

/** What the event does not say is left out, so that the problem reads "missing". */
function said(values: { [key: string]: Json | undefined }): Body {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => (entry[1] ?? null) !== null),
  );
}

const day = (at: number) => toIso(at).slice(0, 10);

/** A short name as exports write locations; ids of the platform stand for themselves. */
function placeOf(id: string, { locations }: Naming): string {
  return locations[id] ?? id;
}

function address(to: PostalAddress): Body {
  const { phone, ...rest } = to;
  return said({ ...rest, phone: phone?.trim() || null });
}

function labelRequest(fact: OrderPlaced, drafting: Drafting): Body {
  const reference = fact.order.replace(/^#/, '');
  const weight = fact.grams !== null && fact.grams > 0 ? { value: String(fact.grams), unit: 'g' } : null;
  return said({
    order_id: reference,
    shipment_reference: `${reference}-1`,
    ship_to: fact.ship_to ? address(fact.ship_to) : null,
    parcels: [said({ reference: '1', weight })],
    ship_date: day(Math.max(fact.at, drafting.now)),
  });
}

/** One line a SKU: an order may name it several times. */
function sold(fact: OrderPlaced, { naming }: Drafting): Body {
  const lines = new Map<string, { sku: string; title: string | null; delta: number }>();
  for (const { sku, title, quantity } of fact.items) {
    const line = lines.get(sku) ?? { sku, title, delta: 0 };
    lines.set(sku, { ...line, delta: line.delta - quantity });
  }
  return {
    reason_code: 'sale',
    note: `Order ${fact.order}`,
    channels: [...naming.channels],
    lines: [...lines.values()].map((line) => ({ ...line, previous: null })),
  };
}

function counted(fact: StockLevel, rule: Rule, { naming }: Drafting): Body {
  const threshold = rule.when === 'inventory_below' ? rule.threshold : null;
  const { sku, title, quantity } = fact;
  const level = { previous: null, absolute: quantity, threshold, location: placeOf(fact.location, naming) };
  return {
    reason_code: 'count',
    channels: [...naming.channels],
    lines: [{ ...said({ sku, title }), ...level }],
  };
}

function runningOut(fact: StockLevel, rule: Rule, { naming }: Drafting): Body {
  const item = fact.sku ?? fact.item;
  const place = placeOf(fact.location, naming);
  const limit = rule.when === 'inventory_below' ? `; the limit is ${rule.threshold}` : '';
  return {
    severity: fact.quantity <= 0 ? 'critical' : 'high',
    summary: `Only ${fact.quantity} of ${item} are left at ${place}${limit}.`,
    affected: [
      { kind: 'sku', reference: item },
      { kind: 'location', reference: place },
    ],
    first_seen: toIso(fact.at),
    occurrences: 1,
  };
}

/** A draft: the products and their prices are for people to add. */
function promo(fact: PromoScheduled, { naming }: Drafting): Body {
  const { off, code } = fact;
  return said({
    campaign_name: fact.title,
    window: said({ start: fact.starts_at, end: fact.ends_at }),
    offer: off ? said({ ...off, code }) : null,
    currency: off?.kind === 'amount_off' ? off.currency : null,
    channels: [...naming.channels],
    discounts: naming.channels.slice(0, 1).map((channel) => ({ channel, discount_id: fact.discount })),
  });
}

function failedLabel(fact: LabelFailed): Body {
  return said({
    severity: fact.severity,
    summary: fact.summary,
    detail: fact.detail,
    affected: fact.affected.map((each) => ({ ...each })),
    first_seen: toIso(fact.at),
    occurrences: 1,
  });
}

/** The payload, what it is as of, and what the envelope says besides. */
type Made = { payload: Body; refresh: Body; exception_code?: string; exception_metadata?: Body };

function madeOf(fact: Fact, rule: Rule, drafting: Drafting): Made {
  switch (fact.what) {
    case 'order_placed': {
      const as_of = toIso(fact.at);
      return rule.then === 'inventory_delta'
        ? { payload: sold(fact, drafting), refresh: { stock: { as_of } } }
        : { payload: labelRequest(fact, drafting), refresh: { address: { as_of } } };
    }
    case 'inventory_below':
      return rule.then === 'exception_notify'
        ? {
            payload: runningOut(fact, rule, drafting),
            refresh: {},
            exception_code: 'insufficient_inventory',
          }
        : { payload: counted(fact, rule, drafting), refresh: { stock: { as_of: toIso(fact.as_of) } } };
    case 'promo_scheduled':
      return { payload: promo(fact, drafting), refresh: {} };
    case 'label_failed':
      return {
        payload: failedLabel(fact),
        refresh: {},
        exception_code: fact.exception_code,
        exception_metadata: fact.metadata,
      };
  }
}

function draft(
  rule: Rule,
  what: { key: string; reference: string; at: number },
  { refresh, payload, ...rest }: Made,
  drafting: Drafting,
  template: Json,
): Draft {
  const key = `${drafting.system}:${what.key}:${rule.then}`.slice(0, LONGEST_KEY);
  const { owner_role, campaign_id, exception_code } = rule;
  return {
    key,
    raw: {
      export_type: rule.then,
      intent: rule.intent ?? drafting.intentOf(rule.then),
      ...(owner_role === undefined ? {} : { owner_role }),
      ...(campaign_id === undefined ? {} : { campaign_id }),
      source: { system: drafting.system, reference: what.reference.slice(0, LONGEST_REFERENCE) },
      idempotency_key: key,
      occurred_at: toIso(what.at),
      refresh,
      ...rest,
      ...(exception_code === undefined ? {} : { exception_code }),
      payload: joined(payload, template),
    },
  };
}

/** No label for what is not shipped. */
function makesSense(rule: Rule, fact: Fact): boolean {
  return fact.what !== 'order_placed' || fact.ships || rule.then !== 'shipping_label_request';
}

/** One export for each type that a rule wants of each fact; the first rule of a type counts. */
export function draftsOf(facts: readonly Fact[], drafting: Drafting): Draft[] {
  return facts.flatMap((fact) => {
    const wanted = drafting.rules.filter((rule) => wants(rule, aboutOf(fact)) && makesSense(rule, fact));
    const first = new Map(wanted.toReversed().map((rule) => [rule.then, rule]));
    return [...first.values()].map((rule) => {
      const what = { key: fact.key, reference: fact.key, at: fact.at };
      return draft(rule, what, madeOf(fact, rule, drafting), drafting, rule.with);
    });
  });
}

/** The export of a rule for a topic, whose payload is its template filled from the event. */
export function draftOfTopic(
  rule: Rule,
  event: { id: string; at: number; body: Body },
  drafting: Drafting,
): Draft {
  const what = { key: event.id, reference: event.id, at: event.at };
  return draft(rule, what, { payload: {}, refresh: {} }, drafting, filled(rule.with, event.body));
}

function notice(
  what: { key: string; reference: string; at: number; source: string },
  { exception_code, summary, detail }: { exception_code: string; summary: string; detail: string },
  system: string,
): Draft {
  const key = `${system}:${what.key}`.slice(0, LONGEST_KEY);
  return {
    key,
    raw: {
      export_type: 'exception_notify',
      intent: 'notify',
      source: { system, reference: what.reference.slice(0, LONGEST_REFERENCE) },
      idempotency_key: key,
      occurred_at: toIso(what.at),
      exception_code,
      payload: {
        severity: 'high',
        summary,
        detail: detail.slice(0, 3000),
        affected: [{ kind: 'system', reference: what.source }],
        first_seen: toIso(what.at),
        occurrences: 1,
      },
    },
  };
}

/** Tells people of an event that could not be made into an export. */
export function draftOfFailure(
  event: { source: string; id: string; topic: string; received_at: number },
  failure: { exception_code: string; reason: string },
  system: string,
): Draft {
  const { source, id, topic, received_at } = event;
  const summary = `An event of ${source} could not be made into an export.`;
  const what = { key: `${id}:given-up`, reference: id, at: received_at, source };
  const { exception_code, reason } = failure;
  return notice(what, { exception_code, summary, detail: `${topic}: ${reason}` }, system);
}

/** Tells people that a source does not answer; the same all day. */
export function draftOfTrouble(source: string, reason: string, system: string, now: number): Draft {
  const what = { key: `${source}:trouble:${day(now)}`, reference: source, at: now, source };
  const summary = `${source} has not been answering for a while. Its events are kept and tried again.`;
  return notice(what, { exception_code: 'sink_unreachable', summary, detail: reason }, system);
}
