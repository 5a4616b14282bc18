import type { Json } from '../exports/envelope.ts';
import type { Severity } from '../exports/words.ts';

/**
 * What happened, in one form for every platform, and no more of it than exports need. `key` names it
 * the same way in a webhook and in a reconciliation, so that both make one export. Instants are ms.
 */
export type Fact = OrderPlaced | StockLevel | PromoScheduled | LabelFailed;

export type PostalAddress = {
  name: string | null;
  company: string | null;
  line1: string | null;
  line2: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
  phone: string | null;
};

export type OrderPlaced = {
  what: 'order_placed';
  key: string;
  at: number;
  /** As people call it, such as "#1001". */
  order: string;
  currency: string | null;
  /** False when nothing of it is still to be shipped. */
  ships: boolean;
  ship_to: PostalAddress | null;
  grams: number | null;
  items: readonly { sku: string; title: string | null; quantity: number }[];
};

export type StockLevel = {
  what: 'inventory_below';
  key: string;
  at: number;
  /** When the level was read, ms. */
  as_of: number;
  /** The platform's id of the item, in case it has no SKU. */
  item: string;
  sku: string | null;
  title: string | null;
  /** The platform's id of the location. */
  location: string;
  quantity: number;
};

export type PromoScheduled = {
  what: 'promo_scheduled';
  key: string;
  at: number;
  discount: string;
  title: string;
  starts_at: string | null;
  ends_at: string | null;
  code: string | null;
  off:
    | { kind: 'percent_off'; value: string }
    | { kind: 'amount_off'; value: string; currency: string }
    | null;
};

export type LabelFailed = {
  what: 'label_failed';
  key: string;
  at: number;
  exception_code: string;
  severity: Severity;
  summary: string;
  detail: string | null;
  affected: readonly { kind: 'order' | 'shipment'; reference: string }[];
  metadata: { [key: string]: Json };
};

export type What = Fact['what'];

/** What can be said of an event before it is fetched; `quantity` null when the event does not say. */
export type About = { what: What; quantity: number | null };

/** An event as a kind of source reads it. A pointer is its own affair, and is fetched later. */
export type Understood =
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'pointer'; about: About; pointer: Json }
  | { kind: 'wrong'; reason: string };

/** Nothing that a rule other than one for its topic could want. */
export const NOTHING: Understood = { kind: 'facts', facts: [] };
