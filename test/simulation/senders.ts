import { shiftInstants } from '../../src/cli/shift.ts';
import { toIso } from '../../src/clock.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { hashOf } from '../../src/exports/hash.ts';
import { fixture, put, type RawExport } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { T0 } from '../support/manual-clock.ts';
import type { Chance } from './chance.ts';
import { FOREVER } from './scheduler.ts';
import type { World } from './world.ts';

/** One export as its sender keeps it until somebody says that it arrived. */
export type Parcel = {
  source: string;
  raw: RawExport;
  key: string;
  /** The same body under another key, or another body under the same one, is meant. */
  conflicts: boolean;
  tries: number;
};

const KINDS = {
  price_update: 5,
  inventory_delta: 5,
  promo_activation: 3,
  staged_product: 2,
  live_publish: 2,
  shipping_label_request: 5,
  return_initiate: 3,
  content_package_change: 2,
  exception_notify: 1,
  shipping_label_response: 1,
} as const;

export type Kind = keyof typeof KINDS;

const SOURCE: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  price_update: ['pim', 'erp'],
  inventory_delta: ['wms', 'erp', 'shop'],
  promo_activation: ['pim'],
  staged_product: ['pim'],
  live_publish: ['pim'],
  shipping_label_request: ['wms'],
  return_initiate: ['erp', 'shop'],
  content_package_change: ['pim'],
  exception_notify: ['erp', 'wms'],
  shipping_label_response: ['wms'],
};

const templates = new Map<string, RawExport>();

/** The fixture of a type as of `now`, read once. */
function template(type: string, now: number): RawExport {
  const known = templates.get(type) ?? fixture(type);
  templates.set(type, known);
  return shiftInstants(structuredClone(known), T0, now) as RawExport;
}

/** What it is about and what it says: few subjects, so that exports meet. */
function vary(kind: Kind, raw: RawExport, chance: Chance): void {
  const n = chance.between(1, 8);
  const price = `${chance.between(9, 12)}.${chance.between(10, 99)}`;
  switch (kind) {
    case 'price_update': {
      const lines = Array.from({ length: chance.of(0.5) ? 12 : chance.between(1, 3) }, (_, i) => ({
        sku: `SKU-${n}-${i}`,
        old_price: '11.00',
        new_price: price,
      }));
      Object.assign(raw.payload, {
        price_list: { id: `list-${n}`, name: `List ${n}` },
        valid_from: null,
        lines,
      });
      break;
    }
    case 'inventory_delta':
      put(raw, 'payload.lines.0.sku', `STOCK-${n}`);
      put(raw, 'payload.lines.0.delta', chance.of(0.5) ? -210 : chance.between(-9, 40));
      put(raw, 'payload.lines.1.sku', `STOCK-${n + 1}`);
      put(raw, 'payload.lines.2', undefined);
      (raw.payload['lines'] as Json[]).length = 2;
      break;
    case 'promo_activation':
      raw['campaign_id'] = `promo-${n}`;
      put(raw, 'payload.campaign_name', `Promo ${n}`);
      put(raw, 'payload.brief.version', chance.between(1, 50));
      break;
    case 'staged_product':
      put(raw, 'payload.handle', `beanie-${n}`);
      put(raw, 'payload.variants.0.price', price);
      break;
    case 'live_publish':
      put(raw, 'payload.products.0.handle', `beanie-${n}`);
      put(raw, 'payload.changes.2.after', `${price} EUR`);
      if (chance.of(0.5)) put(raw, 'payload.publish_at', null);
      break;
    case 'shipping_label_request':
    case 'shipping_label_response': {
      const order = `${chance.between(1, 400)}`;
      put(raw, 'payload.order_id', order);
      put(raw, 'payload.shipment_reference', `${order}-A`);
      if (kind === 'shipping_label_request' && chance.of(0.5)) {
        put(raw, 'payload.quoted_cost.amount', '38.40');
        put(raw, 'payload.max_cost.amount', '45.00');
      }
      break;
    }
    case 'return_initiate':
      put(raw, 'payload.return_id', `RMA-${n}`);
      put(raw, 'payload.customer_note', `Note ${chance.between(1, 99)}`);
      break;
    case 'content_package_change':
      put(raw, 'payload.lines.0.sku', `TOTE-${n}`);
      put(raw, 'payload.reason', `Reason ${chance.between(1, 99)}`);
      if (chance.of(0.5)) (raw.payload['lines'] as Json[]).length = 1;
      break;
    case 'exception_notify':
      put(raw, 'payload.summary', `Summary ${chance.between(1, 99)}`);
      break;
  }
}

function spoil(raw: RawExport, chance: Chance): void {
  const how = chance.between(0, 3);
  if (how === 0) raw['owner_id'] = '00000000-0000-4000-8000-000000000000';
  else if (how === 1) delete raw.payload[Object.keys(raw.payload)[0] ?? ''];
  else if (how === 2) raw['occurred_at'] = 'yesterday';
  else raw['export_type'] = 'nonsense';
}

/** Systems that send, send again until they are told that it arrived, and sometimes repeat or contradict themselves. */
export class Senders {
  readonly sent: Parcel[] = [];
  /** What was right before it was spoiled, by idempotency key; whoever repairs it knows that. */
  readonly right = new Map<string, RawExport>();
  readonly #world: World;
  readonly #answers = new Map<string, string>();
  #n = 0;
  posts = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Something new, a repeat or a contradiction. */
  next(): void {
    const { chance } = this.#world;
    const old = chance.of(0.12) ? chance.any(this.sent.slice(-60)) : undefined;
    if (!old) this.post(this.#fresh());
    else if (chance.of(0.6) || !this.#answers.has(old.key)) this.post(old);
    else {
      const raw = structuredClone(old.raw);
      raw['occurred_at'] = toIso(this.#world.scheduler.trueNow() - 7);
      this.post({ ...old, raw, conflicts: true, tries: 0 });
    }
  }

  #fresh(): Parcel {
    const { chance, scheduler } = this.#world;
    const kind = chance.any(this.#world.plan.only ?? []) ?? chance.weighed(KINDS);
    const source = chance.pick(SOURCE[kind]);
    this.#n += 1;
    const key = `${kind}-${this.#n}`;
    // Some come late, so that they are older than what is known, and some are stale.
    const at =
      scheduler.now() - (chance.of(0.25) ? chance.between(60_000, 7_200_000) : chance.between(0, 60_000));
    const raw = template(kind, at);
    raw['idempotency_key'] = key;
    put(raw, 'source.reference', key);
    vary(kind, raw, chance);
    if (chance.of(0.4)) {
      const who = chance.pick(['sofia', 'priya', 'mei', 'hannah', 'amara', 'omar'] as const);
      put(raw, 'source.requested_by', PEOPLE[who].guid);
    }
    this.right.set(key, structuredClone(raw));
    if (chance.of(0.06)) spoil(raw, chance);
    const parcel = { source, raw, key, conflicts: false, tries: 0 };
    this.sent.push(parcel);
    return parcel;
  }

  /** The same values again with fresh ages, as a source answers that was asked for them. */
  renew(source: string, raw: RawExport): void {
    const now = toIso(this.#world.scheduler.now());
    const again = structuredClone(raw);
    this.#n += 1;
    const key = `renewed-${this.#n}`;
    again['idempotency_key'] = key;
    again['occurred_at'] = now;
    const refresh = again['refresh'];
    if (typeof refresh === 'object' && refresh !== null && !Array.isArray(refresh))
      for (const group of Object.keys(refresh)) refresh[group] = { as_of: now };
    this.post({ source, raw: again, key, conflicts: false, tries: 0 });
  }

  /** Posts until there is an answer. */
  post(parcel: Parcel): void {
    const world = this.#world;
    const { life, scheduler, chance } = world;
    this.posts += 1;
    parcel.tries += 1;
    const again = () =>
      scheduler.after(FOREVER, chance.between(1_000, 60_000), 'a sender tries again', () =>
        this.post(parcel),
      );
    if (!life.up) {
      again();
      return;
    }
    // Some send again under the delivery's own id, others make a new one.
    const id = parcel.conflicts ? `msg-${this.posts}` : `msg-${parcel.key}-${Math.ceil(parcel.tries / 2)}`;
    const delivery = { scope: parcel.source, id, body_hash: hashOf(parcel.raw), keep_ms: 600_000 };
    world.spawn(
      `${parcel.source} sends ${parcel.key}${parcel.conflicts ? ' otherwise' : ''}`,
      async () => {
        const result = await life.receive(parcel.source, parcel.raw, id, delivery);
        if (result.kind === 'refused') {
          if (parcel.conflicts && result.refusal.refused === 'conflict') return;
          world.fail('a sender gets an answer', `${parcel.key} was refused: ${result.refusal.refused}`);
          return;
        }
        if (parcel.conflicts) {
          world.fail('one key is one body', `${parcel.key} was taken a second time`);
          return;
        }
        const { export_id } = result.answer as { export_id: string };
        const before = this.#answers.get(parcel.key);
        if (before !== undefined && before !== export_id)
          world.fail('a repeat is answered as before', `${parcel.key}: ${before}, then ${export_id}`);
        this.#answers.set(parcel.key, export_id);
        world.acknowledge(export_id, parcel.key);
      },
      again,
    );
  }
}
