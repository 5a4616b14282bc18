import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { duplicates, tooMany } from '../checks.ts';
import { defineExport } from '../define.ts';
import { Instant } from '../envelope.ts';
import { pause } from '../exceptions.ts';
import { Channels, Gtin, Image, maybe, Sku, text, title, Weight } from '../fields.ts';
import { canonicalGtin, canonicalSku } from '../identifiers.ts';
import { Amount, Currency, compareAmounts, isZero } from '../money.ts';
import { count, list, money, short, systemNames } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_PATIENT } from '../retries.ts';
import { DAY_MS, HOUR_MS } from '../words.ts';

const Variant = z.strictObject({
  sku: Sku,
  gtin: maybe(Gtin),
  price: Amount,
  compare_at: maybe(Amount),
  weight: maybe(Weight),
  /** One value for each option, in the order of the options. */
  options: z.array(title(60)).max(10).default([]),
});
type Variant = z.infer<typeof Variant>;

const Payload = z.strictObject({
  handle: z
    .string()
    .regex(
      /^[a-z0-9]+(-[a-z0-9]+)*$/,
      'A handle has lower-case letters, digits and single dashes, as in a web address.',
    )
    .max(120),
  title: title(200),
  description: text(50_000),
  vendor: title(120),
  product_type: maybe(text(120)),
  tags: z.array(title(60)).max(100).default([]),
  currency: Currency,
  channels: Channels,
  options: z
    .array(z.strictObject({ name: title(60), values: z.array(title(60)).min(1).max(200) }))
    .max(10)
    .default([]),
  variants: z.array(Variant).min(1),
  images: z.array(Image).max(250).default([]),
  planned_live_at: maybe(Instant),
});
type Payload = z.infer<typeof Payload>;

function checkVariant(variant: Variant, index: number, payload: Payload): Problem[] {
  const at = `payload.variants.${index}`;
  const problems: Problem[] = [];
  if (isZero(variant.price)) {
    problems.push(
      warning('price_zero', `${at}.price`, `SKU ${variant.sku} would cost nothing. Set its price.`),
    );
  }
  if (variant.compare_at !== null && compareAmounts(variant.compare_at, variant.price) <= 0) {
    const message = `SKU ${variant.sku} shows "was ${variant.compare_at}", which is not above its price ${variant.price}. Raise it or leave it out.`;
    problems.push(error('compare_at_low', `${at}.compare_at`, message));
  }
  if (variant.options.length !== payload.options.length) {
    const message = `SKU ${variant.sku} has ${count(variant.options.length, 'option value')}, but the product has ${count(payload.options.length, 'option')}. Give one value for each.`;
    return [...problems, error('options_mismatch', `${at}.options`, message)];
  }
  variant.options.forEach((value, place) => {
    const option = payload.options[place];
    if (option && !option.values.includes(value)) {
      const message = `SKU ${variant.sku} has ${option.name} "${value}", which is not one of ${list(option.values)}. Correct it or add the value.`;
      problems.push(error('option_unknown', `${at}.options.${place}`, message));
    }
  });
  return problems;
}

/** A second variant with what must be its own: a barcode, or a combination of options. */
function checkTwins(variants: readonly Variant[]): Problem[] {
  const gtins = new Map<string, string>();
  const choices = new Map<string, string>();
  return variants.flatMap((variant, index) => {
    const problems: Problem[] = [];
    const gtin = variant.gtin === null ? null : canonicalGtin(variant.gtin);
    const holder = gtin === null ? undefined : gtins.get(gtin);
    if (gtin !== null && holder !== undefined) {
      const message = `GTIN ${variant.gtin} is also that of SKU ${holder}. Every variant has its own; correct one.`;
      problems.push(error('duplicate_gtin', `payload.variants.${index}.gtin`, message));
    } else if (gtin !== null) gtins.set(gtin, variant.sku);
    const choice = JSON.stringify(variant.options);
    const twin = choices.get(choice);
    if (twin !== undefined) {
      const message = `SKUs ${twin} and ${variant.sku} have the same options. Change one, or take it out.`;
      problems.push(error('duplicate_options', `payload.variants.${index}.options`, message));
    } else choices.set(choice, variant.sku);
    return problems;
  });
}

function priceRange({ variants, currency }: Payload): string {
  const prices = variants.map((variant) => variant.price).sort(compareAmounts);
  const low = prices[0] ?? '0';
  const high = prices.at(-1) ?? low;
  return compareAmounts(low, high) === 0 ? money(low, currency) : `${low} to ${money(high, currency)}`;
}

export const stagedProduct = defineExport({
  name: 'staged_product',
  title: 'Staged product',
  payload: Payload,
  intents: ['publish_preview'],
  policy: {
    owner_role: 'merchandising',
    sla_ms: 4 * HOUR_MS,
    gate_is_fixed: false,
    refresh: { description: { max_age_ms: DAY_MS } },
    retry: RETRY_PATIENT,
  },
  rules: { max_variants: 250, min_description: 20 },
  gate: () => ({
    mode: 'single',
    roles: ['merchandising'],
    raised: false,
    reason: 'A preview shows nothing to shoppers, so one signature is enough.',
  }),
  check({ payload, rules, now }) {
    const many = tooMany(payload.variants.length, rules.max_variants, 'payload.variants', 'variant');
    if (many.length > 0) return many;
    const problems = [
      ...duplicates(payload.variants, 'payload.variants'),
      ...checkTwins(payload.variants),
      ...payload.variants.flatMap((variant, index) => checkVariant(variant, index, payload)),
    ];
    if (payload.description.trim().length < rules.min_description) {
      const message = `The description has fewer than ${rules.min_description} characters. Write what the product is.`;
      problems.push(warning('description_short', 'payload.description', message));
    }
    if (payload.images.length === 0) {
      problems.push(
        warning(
          'images_missing',
          'payload.images',
          'The product has no picture. Add one before it goes live.',
        ),
      );
    }
    if (payload.planned_live_at !== null && fromIso(payload.planned_live_at) < now) {
      const message = 'The planned day to go live has passed. Plan a new one.';
      problems.push(warning('planned_past', 'payload.planned_live_at', message));
    }
    return problems;
  },
  editable: [
    'payload.title',
    'payload.description',
    'payload.product_type',
    'payload.tags',
    'payload.planned_live_at',
    'payload.variants.*.price',
    'payload.variants.*.compare_at',
  ],
  subjects: (payload) => [`preview:${payload.handle}`],
  card({ payload }) {
    const variants = count(payload.variants.length, 'variant');
    const where = systemNames(payload.channels);
    return {
      headline: [
        'Preview ',
        { strong: short(payload.title, 80) },
        ` with ${variants} on ${where}; nothing goes live`,
      ],
      facts: [
        { label: 'Vendor', value: [payload.vendor] },
        { label: 'Price', value: [priceRange(payload)] },
        ...(payload.options.length === 0
          ? []
          : [{ label: 'Options', value: [list(payload.options.map((option) => option.name))] }]),
        { label: 'Pictures', value: [count(payload.images.length, 'picture')] },
        { label: 'Web address', value: [payload.handle] },
        ...(payload.planned_live_at === null
          ? []
          : [{ label: 'Planned live', value: [{ at: fromIso(payload.planned_live_at) }] }]),
      ],
      changes: payload.variants.map((variant) => ({
        item: [variant.sku, ...variant.options].join(' '),
        before: 'not there',
        after: `${money(variant.price, payload.currency)}, preview only`,
      })),
      totals: `${variants}, ${priceRange(payload)}`,
      rollback: 'Shoppers never see it. The preview can be deleted at any time.',
      effect: `This makes a preview of ${variants} on ${where}. Nothing goes live.`,
    };
  },
  operations(payload) {
    return [
      {
        name: 'product.preview',
        body: {
          handle: payload.handle,
          title: payload.title,
          description: payload.description,
          vendor: payload.vendor,
          product_type: payload.product_type,
          tags: payload.tags,
          currency: payload.currency,
          channels: payload.channels,
          options: payload.options,
          variants: payload.variants.map((variant) => ({
            ...variant,
            gtin: variant.gtin === null ? null : canonicalGtin(variant.gtin),
            canonical_sku: canonicalSku(variant.sku),
          })),
          images: payload.images,
        },
      },
    ];
  },
  exceptions: {
    resource_state_conflict: pause(
      'merchandising',
      'normal',
      'Another product has this web address. Choose another handle and send the product again.',
    ),
  },
});
