import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import type { SinkOutcome } from '../port.ts';
import { htmlOf, wordsOfHtml } from './html.ts';
import { ChangeProduct, DetachMedia, SetMetafields } from './mutations.ts';
import { ContentNow } from './queries.ts';
import { knownIds, SkuLine, survey } from './variants.ts';
import {
  bodyOf,
  change,
  conclude,
  cursorOf,
  goOn,
  type Operation,
  type Refused,
  RefusedFact,
  told,
  type Work,
} from './work.ts';

const Fields = z.object({
  title: z.string().nullish(),
  description: z.string().nullish(),
  bullets: z.array(z.string()).nullish(),
  images: z.array(z.object({ url: z.string(), alt: z.string() })).nullish(),
});
type Fields = z.infer<typeof Fields>;

const Content = z.object({
  lines: z.array(
    SkuLine.extend({ changed: z.array(z.string()), before: Fields.nullable(), after: Fields.nullable() }),
  ),
});
type ContentLine = z.infer<typeof Content>['lines'][number];

/** What a product said before this push, kept with each of its SKUs. */
const Before = z.object({
  title: z.string(),
  description: z.string(),
  bullets: z.string().nullable(),
  media: z.array(z.string()),
});
type Before = z.infer<typeof Before>;

type Held = NonNullable<z.infer<(typeof ContentNow)['answer']>['product']>;
type Product = { id: string; lines: readonly ContentLine[] };

/** Products read, and kept in the ledger, before they are written. */
const WINDOW = 20;

function split(metafield: string): { namespace: string; key: string } {
  const dot = metafield.indexOf('.');
  return { namespace: metafield.slice(0, dot), key: metafield.slice(dot + 1) };
}

async function contentNow(work: Work, id: string): Promise<Held | null> {
  const { product } = await work.client.ask(ContentNow, { id, ...split(work.settings.metafields.bullets) });
  return product;
}

function productsOf(work: Work, lines: readonly ContentLine[]): readonly Product[] {
  const ids = knownIds(work.request);
  const products = new Map<string, ContentLine[]>();
  for (const line of lines) {
    const id = ids.get(line.canonical_sku)?.product;
    if (id !== undefined) products.set(id, [...(products.get(id) ?? []), line]);
  }
  return [...products].map(([id, of]) => ({ id, lines: of }));
}

/** A field of the changed ones, or undefined where no line changes it. */
function target<F extends keyof Fields>(lines: readonly ContentLine[], field: F): Fields[F] | undefined {
  return lines.find((line) => line.changed.includes(field))?.after?.[field] ?? undefined;
}

/** Words and pictures belong to the product, so its variants cannot ask for different ones. */
function disagreement(lines: readonly ContentLine[]): string | null {
  for (const field of ['title', 'description', 'bullets', 'images'] as const) {
    const asked = lines.filter((line) => line.changed.includes(field));
    const values = new Set(asked.map((line) => JSON.stringify(line.after?.[field] ?? null)));
    if (values.size > 1)
      return `${asked.map((line) => line.sku).join(' and ')} are one product in Shopify, and it has only one ${field}.`;
  }
  return null;
}

/** The field that somebody changed since the export was made, or null. */
function drift(work: Work, lines: readonly ContentLine[], held: Held): string | null {
  if (!work.settings.check_previous) return null;
  for (const { changed, before, after } of lines) {
    const moved = (field: 'title' | 'description', now: string) => {
      const was = before?.[field];
      if (!changed.includes(field) || was === null || was === undefined) return false;
      const words = wordsOfHtml(now);
      return words !== wordsOfHtml(was) && words !== wordsOfHtml(after?.[field] ?? '');
    };
    if (moved('title', held.title)) return 'title';
    if (moved('description', held.descriptionHtml)) return 'description';
  }
  return null;
}

type Due = {
  title: string | undefined;
  description: string | undefined;
  bullets: string | undefined;
  add: readonly { url: string; alt: string }[];
  detach: readonly string[];
};

/** What does not stand as it should yet. Pictures that came after `before` are ours and are not added again. */
function dueOf(work: Work, lines: readonly ContentLine[], held: Held, before: Before | undefined): Due {
  const title = target(lines, 'title');
  const description = target(lines, 'description');
  const bullets = target(lines, 'bullets');
  const images = target(lines, 'images');
  const html =
    description === undefined || description === null
      ? undefined
      : htmlOf(description, work.settings.description);
  const list = bullets === undefined || bullets === null ? undefined : JSON.stringify(bullets);
  const old = new Set(before?.media);
  const added = held.media.nodes.filter((media) => !old.has(media.id)).map((media) => media.alt ?? '');
  const add = (images ?? []).filter(({ alt }) => {
    const place = added.indexOf(alt);
    if (place >= 0) added.splice(place, 1);
    return place < 0;
  });
  return {
    title: title === null || title === held.title ? undefined : title,
    description:
      html === undefined || wordsOfHtml(html) === wordsOfHtml(held.descriptionHtml) ? undefined : html,
    bullets: list === held.bullets?.value ? undefined : list,
    add,
    detach: images ? held.media.nodes.filter((media) => old.has(media.id)).map((media) => media.id) : [],
  };
}

function isNothing(due: Due): boolean {
  const { title, description, bullets, add, detach } = due;
  return (
    [title, description, bullets].every((each) => each === undefined) && add.length + detach.length === 0
  );
}

async function writeProduct(work: Work, product: Product, held: Held, due: Due) {
  const { client, settings } = work;
  const { id } = product;
  if (due.title !== undefined || due.description !== undefined || due.add.length > 0) {
    const fields: { [field: string]: Json } = { id };
    if (due.title !== undefined) fields['title'] = due.title;
    if (due.description !== undefined) fields['descriptionHtml'] = due.description;
    const media = due.add.map(({ url, alt }) => ({ originalSource: url, alt, mediaContentType: 'IMAGE' }));
    const changed = await change(client, ChangeProduct, { product: fields, media }, 'content');
    if (!changed.ok) return changed;
  }
  if (due.detach.length > 0) {
    const files = due.detach.map((file) => ({ id: file, referencesToRemove: [id] }));
    const changed = await change(client, DetachMedia, { files }, 'content');
    if (!changed.ok) return changed;
  }
  if (due.bullets === undefined) return null;
  const metafield = {
    ownerId: id,
    ...split(settings.metafields.bullets),
    type: 'list.single_line_text_field',
    value: due.bullets,
    compareDigest: held.bullets?.compareDigest ?? null,
  };
  const changed = await change(client, SetMetafields, { metafields: [metafield] }, 'metafield');
  return changed.ok ? null : changed;
}

/** Keeps what the next products say now, before any of them is written. */
async function keep(work: Work, products: readonly Product[], at: number): Promise<SinkOutcome> {
  const before: { [sku: string]: Json } = {};
  for (const product of products.slice(at, at + WINDOW)) {
    if (!work.inTime()) break;
    const held = await contentNow(work, product.id);
    for (const line of product.lines)
      before[line.canonical_sku] = {
        title: held?.title ?? '',
        description: held?.descriptionHtml ?? '',
        bullets: held?.bullets?.value ?? null,
        media: (held?.media.nodes ?? []).map((media) => media.id),
      };
  }
  return goOn({ phase: 'write', at }, { before });
}

/** Why this product is not written, or null when it stands as it should. */
async function settleProduct(work: Work, product: Product, before: Before | undefined) {
  const conflict = disagreement(product.lines);
  if (conflict !== null) return { code: 'contract_mapping_error', message: conflict };
  const held = await contentNow(work, product.id);
  if (!held) return { code: 'sku_mapping_failed', message: 'The product is gone meanwhile.' };
  const moved = drift(work, product.lines, held);
  if (moved !== null)
    return { code: 'conflicting_write', message: `Somebody changed the ${moved} at the shop meanwhile.` };
  const due = dueOf(work, product.lines, held, before);
  return isNothing(due) ? null : writeProduct(work, product, held, due);
}

export const contentUpdate: Operation = {
  async push(work) {
    const { request } = work;
    const { lines } = bodyOf(Content, request);
    const { phase, at } = cursorOf(request);
    if (phase === 'read') {
      const surveyed = await survey(work, lines, { currency: null, keep: null });
      if (surveyed.kind === 'stop') return surveyed.outcome;
      return goOn({ phase: 'write', at: 0 }, { ids: surveyed.facts.ids });
    }
    const products = productsOf(work, lines);
    const before = told(request, 'before', Before);
    const earlier = told(request, 'refused', RefusedFact.extend({ sku: z.string() }));
    const refused = new Map<string, Refused>(Object.entries(earlier));
    for (let place = at; place < products.length; place += 1) {
      const product = products[place];
      if (!product) break;
      const known = before[product.lines[0]?.canonical_sku ?? ''];
      const facts = { refused: Object.fromEntries(refused) };
      if (place > at && (!known || !work.inTime())) return goOn({ phase: 'write', at: place }, facts);
      if (!known) return keep(work, products, place);
      const why = await settleProduct(work, product, known);
      if (why) {
        const { code, message } = why;
        for (const { sku, canonical_sku } of product.lines)
          refused.set(canonical_sku, { sku, code, message });
      }
    }
    return conclude([...refused.values()], lines.length, { kind: 'delivered', reference: null });
  },
  async reconcile(work) {
    if (cursorOf(work.request).phase === 'read') return { kind: 'absent' };
    const { lines } = bodyOf(Content, work.request);
    const before = told(work.request, 'before', Before);
    for (const product of productsOf(work, lines)) {
      const held = await contentNow(work, product.id);
      const known = before[product.lines[0]?.canonical_sku ?? ''];
      if (!held || !known || !isNothing(dueOf(work, product.lines, held, known))) return { kind: 'absent' };
    }
    return { kind: 'delivered', reference: null };
  },
};
