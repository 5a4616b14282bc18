import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { tooMany } from '../checks.ts';
import { defineExport } from '../define.ts';
import { Instant } from '../envelope.ts';
import { pause } from '../exceptions.ts';
import { Channels, identifier, maybe, Sku, text, title } from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { count, short, spoken, systemNames } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_FAST } from '../retries.ts';
import { plain } from '../text.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../words.ts';

const Product = z.strictObject({
  handle: identifier('handle', 120),
  title: maybe(text(200)),
  skus: z.array(Sku).min(1).max(2048),
});
type Product = z.infer<typeof Product>;

const FieldChange = z.strictObject({
  sku: Sku,
  /** What changes, such as "price" or "description". */
  field: identifier('field', 60),
  before: text(5000).nullable(),
  after: text(5000).nullable(),
});

const Payload = z.strictObject({
  /** What was looked at before: the preview's id at the sink, and its export where there is one. */
  preview: z.strictObject({ reference: identifier('preview reference', 200), export_id: maybe(z.guid()) }),
  products: z.array(Product).min(1),
  channels: Channels,
  /** Null: as soon as it is accepted. */
  publish_at: maybe(Instant),
  changes: z.array(FieldChange).max(20_000).default([]),
  /** What led here, oldest first, e.g. a promo that was paused and its resolution. */
  trail: z
    .array(z.strictObject({ export_id: z.guid(), summary: title(300) }))
    .max(50)
    .default([]),
});
type Payload = z.infer<typeof Payload>;

function checkProducts(products: readonly Product[]): Problem[] {
  const handles = new Set<string>();
  const skus = new Map<string, string>();
  return products.flatMap((product, index) => {
    const at = `payload.products.${index}`;
    const problems: Problem[] = [];
    if (handles.has(product.handle)) {
      const message = `Product ${product.handle} is listed twice. Keep one of the two.`;
      problems.push(error('duplicate_product', `${at}.handle`, message));
    }
    handles.add(product.handle);
    product.skus.forEach((sku, place) => {
      const holder = skus.get(canonicalSku(sku));
      if (holder === undefined) skus.set(canonicalSku(sku), product.handle);
      else {
        const message = `SKU ${sku} is already listed under ${holder}. Keep it once.`;
        problems.push(error('duplicate_sku', `${at}.skus.${place}`, message));
      }
    });
    return problems;
  });
}

function checkChanges(payload: Payload): Problem[] {
  const listed = new Set(payload.products.flatMap((product) => product.skus.map((sku) => canonicalSku(sku))));
  const told = new Set<string>();
  return payload.changes.flatMap((change, index) => {
    const at = `payload.changes.${index}`;
    const key = `${canonicalSku(change.sku)} ${change.field}`;
    const again = told.has(key);
    told.add(key);
    const what = `${spoken(change.field)} of SKU ${change.sku}`;
    if (!listed.has(canonicalSku(change.sku))) {
      const message = `SKU ${change.sku} changes but belongs to none of the products. Add its product or drop the change.`;
      return [error('sku_not_listed', `${at}.sku`, message)];
    }
    if (again) return [error('duplicate_change', at, `The ${what} changes twice. Keep one of the two.`)];
    if (change.before === change.after) {
      return [
        warning(
          'unchanged',
          `${at}.after`,
          `The ${what} stays as it is. Drop the line, or check the new value.`,
        ),
      ];
    }
    return [];
  });
}

function checkTime(
  publish_at: string | null,
  now: number,
  rules: { late_hours: number; max_ahead_days: number },
) {
  if (publish_at === null) return [];
  const at = fromIso(publish_at);
  const path = 'payload.publish_at';
  if (at < now - rules.late_hours * HOUR_MS) {
    const message = `It was to go live on ${plain([{ at }])}, more than ${count(rules.late_hours, 'hour')} ago. Set a new time.`;
    return [error('publish_past', path, message)];
  }
  if (at < now) {
    const message = `It was to go live on ${plain([{ at }])}, so it goes live as soon as it is accepted.`;
    return [warning('publish_late', path, message)];
  }
  if (at > now + rules.max_ahead_days * DAY_MS) {
    const message = `It is to go live in more than ${count(rules.max_ahead_days, 'day')}. Send it nearer the day.`;
    return [error('publish_too_far', path, message)];
  }
  return [];
}

const LAST_STEPS = 3;

/** The last steps, oldest first, and how many came before them. */
function ledHere(trail: Payload['trail']): string {
  const last = trail.slice(-LAST_STEPS).map(({ summary }) => short(summary, 70));
  const before = trail.length - last.length;
  return `${last.join(' → ')}${before > 0 ? ` (and ${count(before, 'earlier step')})` : ''}`;
}

export const livePublish = defineExport({
  name: 'live_publish',
  title: 'Live publish',
  payload: Payload,
  intents: ['publish_live'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 15 * MINUTE_MS,
    gate_is_fixed: true,
    refresh: {
      price: { max_age_ms: 5 * MINUTE_MS },
      stock: { max_age_ms: 15 * MINUTE_MS },
      description: { max_age_ms: DAY_MS },
    },
    retry: RETRY_FAST,
  },
  rules: { max_products: 5000, late_hours: 24, max_ahead_days: 90 },
  gate: () => ({
    mode: 'two_step',
    roles: ['marketing_ops', 'operations'],
    raised: false,
    reason: 'This writes to the live shop, so marketing and operations both sign.',
  }),
  check({ payload, rules, now }) {
    const many = tooMany(payload.products.length, rules.max_products, 'payload.products', 'product');
    if (many.length > 0) return many;
    return [
      ...checkProducts(payload.products),
      ...checkChanges(payload),
      ...checkTime(payload.publish_at, now, rules),
    ];
  },
  editable: ['payload.publish_at'],
  subjects: (payload) => payload.products.map((product) => `publish:${product.handle}`),
  card({ payload, now }) {
    const products = count(payload.products.length, 'product');
    const skus = count(
      payload.products.reduce((sum, product) => sum + product.skus.length, 0),
      'SKU',
    );
    const where = systemNames(payload.channels);
    const at = payload.publish_at === null ? now : fromIso(payload.publish_at);
    const first = payload.products[0];
    const name = payload.products.length === 1 && first ? short(first.title ?? first.handle) : products;
    return {
      headline: [
        'Publish ',
        { strong: name },
        ` (${skus}) live on ${where}, `,
        ...(at <= now ? ['at once'] : ['from ', { at }]),
      ],
      facts: [
        { label: 'Preview', value: [payload.preview.reference] },
        { label: 'Products', value: [products] },
        { label: 'Changes', value: [count(payload.changes.length, 'field')] },
        ...(payload.trail.length === 0
          ? []
          : [
              {
                label: 'Led here',
                value: [ledHere(payload.trail)],
              },
            ]),
      ],
      changes:
        payload.changes.length > 0
          ? payload.changes.map((change) => ({
              item: `${change.sku} ${spoken(change.field)}`,
              before: change.before ?? 'nothing',
              after: change.after ?? 'nothing',
            }))
          : payload.products.map((product) => ({
              item: product.title ?? product.handle,
              before: 'preview',
              after: `live, ${count(product.skus.length, 'SKU')}`,
            })),
      totals: `${products}, ${skus}, ${count(payload.changes.length, 'changed field')}`,
      rollback: 'A rollback takes the products off the shop and puts back the values shown as before.',
      effect: `This makes ${products} (${skus}) visible to shoppers on ${where}${at <= now ? ' at once' : ' at the time set'}.`,
    };
  },
  operations(payload, envelope) {
    return [
      {
        name: 'product.publish',
        ...(payload.publish_at === null ? {} : { not_before: payload.publish_at }),
        body: {
          campaign_id: envelope.campaign_id ?? null,
          preview: payload.preview,
          products: payload.products,
          channels: payload.channels,
          publish_at: payload.publish_at,
          changes: payload.changes,
          trail: payload.trail,
        },
      },
    ];
  },
  without(payload, skus) {
    const stays = (sku: string) => !skus.has(canonicalSku(sku));
    const products = payload.products
      .map((product) => ({ ...product, skus: product.skus.filter(stays) }))
      .filter((product) => product.skus.length > 0);
    const changes = payload.changes.filter((change) => stays(change.sku));
    return { payload: { ...payload, products, changes } };
  },
  exceptions: {
    preview_missing: pause(
      'merchandising',
      'high',
      'The preview is gone. Stage the product again, then resume.',
    ),
    conflicting_write: pause(
      'marketing_ops',
      'high',
      'The product was changed after its preview. Compare both, then resume.',
    ),
  },
});
