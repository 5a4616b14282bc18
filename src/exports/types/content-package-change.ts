import { z } from 'zod';
import { duplicates, tooMany } from '../checks.ts';
import { type Change, defineExport, type Operation } from '../define.ts';
import { pause } from '../exceptions.ts';
import {
  Channels,
  Dimensions,
  grams,
  HttpsUrl,
  Image,
  identifier,
  maybe,
  millimetres,
  Sku,
  text,
  title,
  Weight,
} from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { isNamed, reverseGate } from '../own.ts';
import { count, itemName, list, short, spoken, systemNames } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_PATIENT } from '../retries.ts';
import { DAY_MS, HOUR_MS } from '../words.ts';

/** Only what is named is content that this export sets; null leaves a field as it is. */
const Content = z.strictObject({
  title: maybe(text(200)),
  description: maybe(text(50_000)),
  bullets: maybe(z.array(text(500)).max(30)),
  images: maybe(z.array(Image).max(250)),
});
type Content = z.infer<typeof Content>;

const Packaging = z.strictObject({ weight: Weight, dimensions: Dimensions });
type Packaging = z.infer<typeof Packaging>;

const ContentLine = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  content: maybe(z.strictObject({ before: Content, after: Content })),
  packaging: maybe(z.strictObject({ before: Packaging, after: Packaging })),
});
type ContentLine = z.infer<typeof ContentLine>;

const Payload = z.strictObject({
  channels: Channels,
  reason: title(300),
  lines: z.array(ContentLine).min(1),
  /** Where the canonical keywords stand and which page each list points to. */
  keywords: z
    .array(z.strictObject({ list_id: identifier('keyword list id', 120), landing_url: maybe(HttpsUrl) }))
    .max(50)
    .default([]),
  landing_urls: z.array(HttpsUrl).max(50).default([]),
});

/** How far weight and size may be apart and still count as the same; by policy. */
type Tolerance = { tolerance_grams: number; tolerance_millimetres: number };

type Measured = { weight: boolean; size: boolean };

/** What differs beyond the tolerance, in grams and millimetres exactly, so that a change of unit alone is none. */
function repacking({ packaging }: ContentLine, tolerance: Tolerance): Measured {
  if (packaging === null) return { weight: false, size: false };
  const { before, after } = packaging;
  const now = millimetres(after.dimensions);
  return {
    weight: grams(before.weight).minus(grams(after.weight)).abs().gt(tolerance.tolerance_grams),
    size: millimetres(before.dimensions).some((old, axis) =>
      old
        .minus(now[axis] ?? old)
        .abs()
        .gt(tolerance.tolerance_millimetres),
    ),
  };
}

function packagingChanged(line: ContentLine, tolerance: Tolerance): boolean {
  const { weight, size } = repacking(line, tolerance);
  return weight || size;
}

/** Another weight may need another carton; another size may also need another place on the pick path. */
function reviews({ size }: Measured): string[] {
  return size ? ['packaging', 'pick_path'] : ['packaging'];
}

const FIELDS = ['title', 'description', 'bullets', 'images'] as const;

function changedFields(line: ContentLine): (typeof FIELDS)[number][] {
  if (line.content === null) return [];
  const { before, after } = line.content;
  return FIELDS.filter(
    (field) => after[field] !== null && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

/** Only what the change had set goes back; a field that it left alone stays as it is now. */
function restored({ before, after }: { before: Content; after: Content }) {
  const back = <F extends keyof Content>(field: F) => (after[field] === null ? null : before[field]);
  return {
    before: after,
    after: {
      title: back('title'),
      description: back('description'),
      bullets: back('bullets'),
      images: back('images'),
    },
  };
}

function weightText({ value, unit }: Weight): string {
  return `${value} ${unit}`;
}

function sizeText({ length, width, height, unit }: Dimensions): string {
  return `${length} × ${width} × ${height} ${unit}`;
}

function fieldText(content: Content, field: (typeof FIELDS)[number]): string {
  const value = content[field];
  if (value === null) return 'nothing';
  if (typeof value === 'string') return value;
  return field === 'images' ? count(value.length, 'picture') : count(value.length, 'bullet');
}

function changes(line: ContentLine, tolerance: Tolerance): Change[] {
  const name = itemName(line);
  const { content, packaging } = line;
  const words =
    content === null
      ? []
      : changedFields(line).map((field) => ({
          item: `${name}: ${field}`,
          before: fieldText(content.before, field),
          after: fieldText(content.after, field),
        }));
  if (packaging === null || !packagingChanged(line, tolerance)) return words;
  const weight = {
    item: `${name}: weight`,
    before: weightText(packaging.before.weight),
    after: weightText(packaging.after.weight),
  };
  const size = {
    item: `${name}: size`,
    before: sizeText(packaging.before.dimensions),
    after: sizeText(packaging.after.dimensions),
  };
  return [...words, ...[weight, size].filter((change) => change.before !== change.after)];
}

/** A line whose packaging changes, with the new measures in grams and millimetres beside those sent. */
function measured(line: ContentLine, tolerance: Tolerance) {
  const differs = repacking(line, tolerance);
  if (line.packaging === null || !(differs.weight || differs.size)) return [];
  const { before, after } = line.packaging;
  const [length, width, height] = millimetres(after.dimensions);
  return [
    {
      sku: line.sku,
      canonical_sku: canonicalSku(line.sku),
      reviews: reviews(differs),
      before,
      after,
      weight_g: grams(after.weight).toFixed(),
      length_mm: length.toFixed(),
      width_mm: width.toFixed(),
      height_mm: height.toFixed(),
    },
  ];
}

function checkPackaging(
  { before, after }: { before: Packaging; after: Packaging },
  sku: string,
  at: string,
  limit: number,
): Problem[] {
  const problems: Problem[] = [];
  const old = grams(before.weight);
  const now = grams(after.weight);
  if (now.eq(0)) {
    problems.push(
      error('weight_zero', `${at}.after.weight`, `SKU ${sku} would weigh nothing. Weigh it again.`),
    );
  } else if (old.gt(0) && now.minus(old).abs().div(old).times(100).gt(limit)) {
    const message = `SKU ${sku} goes from ${weightText(before.weight)} to ${weightText(after.weight)}, more than ${limit} %. Check the unit.`;
    problems.push(warning('weight_jump', `${at}.after.weight`, message));
  }
  if (millimetres(after.dimensions).some((side) => side.eq(0))) {
    const message = `SKU ${sku} has a side of length 0. Measure it again.`;
    problems.push(error('dimension_zero', `${at}.after.dimensions`, message));
  }
  return problems;
}

function checkLine(line: ContentLine, index: number, limit: number): Problem[] {
  const at = `payload.lines.${index}`;
  const { sku, content, packaging } = line;
  if (content === null && packaging === null) {
    return [
      error(
        'nothing_to_change',
        at,
        `SKU ${sku} has neither content nor packaging. Add one, or take the line out.`,
      ),
    ];
  }
  const problems = packaging === null ? [] : checkPackaging(packaging, sku, `${at}.packaging`, limit);
  if (content !== null && content.after.title !== null && content.after.title.trim() === '') {
    problems.push(
      error('title_blank', `${at}.content.after.title`, `SKU ${sku} would lose its title. Write one.`),
    );
  }
  if (content?.after.images?.length === 0 && (content.before.images?.length ?? 0) > 0) {
    const message = `SKU ${sku} would lose all its pictures. Keep one unless that is meant.`;
    problems.push(warning('images_removed', `${at}.content.after.images`, message));
  }
  return problems;
}

export const contentPackageChange = defineExport({
  name: 'content_package_change',
  title: 'Content and packaging change',
  payload: Payload,
  intents: ['publish_live', 'reconcile'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 4 * HOUR_MS,
    gate_is_fixed: false,
    refresh: { description: { max_age_ms: DAY_MS } },
    retry: RETRY_PATIENT,
  },
  rules: {
    max_lines: 1000,
    max_weight_change_percent: 50,
    tolerance_grams: 1,
    tolerance_millimetres: 1,
  },
  gate(context) {
    const back = reverseGate(context);
    if (back) return back;
    const { payload, rules } = context;
    const repacked = payload.lines.filter((line) => packagingChanged(line, rules)).length;
    if (repacked === 0) {
      return { mode: 'policy', roles: [], raised: false, reason: 'Weight and dimensions stay as they are.' };
    }
    const reason = `${count(repacked, 'SKU')} ${repacked === 1 ? 'changes' : 'change'} in weight or size, so logistics signs too.`;
    return { mode: 'two_step', roles: ['marketing_ops', 'logistics'], raised: true, reason };
  },
  check({ payload, rules }) {
    const many = tooMany(payload.lines.length, rules.max_lines, 'payload.lines', 'line');
    if (many.length > 0) return many;
    const problems = [
      ...duplicates(payload.lines, 'payload.lines'),
      ...payload.lines.flatMap((line, index) => checkLine(line, index, rules.max_weight_change_percent)),
    ];
    if (payload.lines.every((line) => changedFields(line).length === 0 && !packagingChanged(line, rules))) {
      const message = `Nothing differs between before and after by more than ${rules.tolerance_grams} g or ${rules.tolerance_millimetres} mm. Send what is to change.`;
      problems.push(error('nothing_changed', 'payload.lines', message));
    }
    return problems;
  },
  editable: [
    'payload.reason',
    'payload.landing_urls',
    'payload.lines.*.content.after.title',
    'payload.lines.*.content.after.description',
    'payload.lines.*.content.after.bullets',
    'payload.lines.*.packaging.after',
  ],
  subjects: (payload) =>
    payload.lines.flatMap((line) => [
      ...(line.content === null ? [] : [`content:${canonicalSku(line.sku)}`]),
      ...(line.packaging === null ? [] : [`packaging:${canonicalSku(line.sku)}`]),
    ]),
  card({ payload, rules }) {
    const skus = count(payload.lines.length, 'SKU');
    const where = systemNames(payload.channels);
    const repacked = payload.lines.filter((line) => packagingChanged(line, rules)).length;
    const fields = [...new Set(payload.lines.flatMap(changedFields))];
    const what = list([...(fields.length > 0 ? ['content'] : []), ...(repacked > 0 ? ['packaging'] : [])]);
    const all = payload.lines.flatMap((line) => changes(line, rules));
    const review =
      repacked > 0
        ? ` ${count(repacked, 'SKU')} ${repacked === 1 ? 'goes' : 'go'} to a packaging review.`
        : '';
    return {
      headline: [
        `Change ${what} of `,
        { strong: skus },
        ` on ${where}${repacked > 0 ? '; the warehouse reviews its packing' : ''}`,
      ],
      facts: [
        { label: 'Reason', value: [payload.reason] },
        ...(fields.length === 0 ? [] : [{ label: 'Content', value: [list(fields.map(spoken))] }]),
        {
          label: 'Packaging',
          value: [repacked === 0 ? 'unchanged' : `changed for ${count(repacked, 'SKU')}`],
        },
        ...(payload.keywords.length === 0
          ? []
          : [{ label: 'Keyword lists', value: [list(payload.keywords.map((each) => each.list_id))] }]),
        ...(payload.landing_urls[0] === undefined
          ? []
          : [{ label: 'Landing page', value: [short(payload.landing_urls[0])] }]),
      ],
      changes: all,
      totals: `${skus}, ${count(all.length, 'change')}`,
      rollback: 'Can be undone by a change back to the values shown as before.',
      effect: `This changes what shoppers see of ${skus} on ${where} at once.${review}`,
    };
  },
  operations(payload, _envelope, rules) {
    const { channels, reason, keywords, landing_urls } = payload;
    const worded = payload.lines.filter((line) => changedFields(line).length > 0);
    const repacked = payload.lines.flatMap((line) => measured(line, rules));
    const operations: Operation[] = [];
    if (worded.length > 0) {
      const lines = worded.map((line) => ({
        sku: line.sku,
        canonical_sku: canonicalSku(line.sku),
        changed: changedFields(line),
        before: line.content?.before ?? null,
        after: line.content?.after ?? null,
      }));
      operations.push({ name: 'content.update', body: { channels, reason, keywords, landing_urls, lines } });
    }
    if (repacked.length > 0) {
      operations.push({ name: 'packaging.update', body: { channels, reason, lines: repacked } });
      operations.push({ name: 'packaging.review', body: { reason, lines: repacked } });
    }
    return operations;
  },
  reverse(payload, skus) {
    const lines = payload.lines
      .filter((line) => isNamed(line.sku, skus))
      .map((line) => ({
        ...line,
        content: line.content && restored(line.content),
        packaging: line.packaging && { before: line.packaging.after, after: line.packaging.before },
      }));
    if (lines.length === 0) return null;
    const reason = short(`Back to what stood before: ${payload.reason}`, 300);
    return {
      export_type: 'content_package_change',
      intent: 'publish_live',
      payload: { ...payload, reason, lines },
    };
  },
  exceptions: {
    conflicting_write: pause(
      'marketing_ops',
      'normal',
      'Somebody changed the same words at the shop. Compare both, then resume.',
    ),
    packaging_rejected: pause(
      'logistics',
      'high',
      'The warehouse cannot pack it this way. Agree on a packing, then send the change again.',
    ),
  },
});
