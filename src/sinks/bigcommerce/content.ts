import { z } from 'zod';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, ContentBody, type Image } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';
import { picturesStand, setPictures } from './pictures.ts';
import { before, cursorOf, ended, partial } from './refused.ts';
import { itemOf, itemsOf, mayBeOneLine } from './variants.ts';

type Line = ContentBody['lines'][number];

/** Words belong to the product: all lines of one product are one step. */
type Step = {
  sku: string;
  canonical_sku: string;
  product: number;
  title: string | null;
  description: string | null;
  bullets: readonly string[] | null;
  images: { before: readonly Image[]; after: readonly Image[] } | null;
  held: Held | undefined;
};

const Held = z.object({ id: z.int(), name: z.string(), description: z.string().nullish() });
type Held = z.infer<typeof Held>;
const Products = z.object({ data: z.array(Held) });
const IDS_AT_ONCE = 50;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/gu, (sign) => ESCAPES[sign] ?? sign);

/** BigCommerce has no bullets; they end the description, marked so that they are found again. */
const LIST = /(?<!\s)\s*<ul class="meshline-bullets">(?:(?!<ul).)*<\/ul>/su;

function withBullets(description: string, bullets: readonly string[]): string {
  const bare = description.replace(LIST, '');
  if (bullets.length === 0) return bare;
  const items = bullets.map((bullet) => `<li>${escaped(bullet)}</li>`).join('');
  return `${bare}\n<ul class="meshline-bullets">${items}</ul>`;
}

/** The whole description there is to be: words, bullets, or both may change, and what does not change stays. */
function descriptionOf({ description, bullets, held }: Step): string | null {
  if (description === null && bullets === null) return null;
  const now = held?.description ?? '';
  const list = LIST.exec(now)?.[0] ?? '';
  const words = description ?? now;
  return bullets === null ? words.replace(LIST, '') + list : withBullets(words, bullets);
}

function fieldsOf(step: Step): { name?: string; description?: string } {
  const description = descriptionOf(step);
  return {
    ...(step.title === null || step.title === step.held?.name ? {} : { name: step.title }),
    ...(description === null || description === (step.held?.description ?? '') ? {} : { description }),
  };
}

function stepOf(line: Line, product: number): Step {
  const changed = new Set(line.changed);
  const { before, after } = line;
  return {
    sku: line.sku,
    canonical_sku: line.canonical_sku,
    product,
    title: changed.has('title') ? after.title : null,
    description: changed.has('description') ? after.description : null,
    bullets: changed.has('bullets') ? after.bullets : null,
    images:
      changed.has('images') && after.images !== null
        ? { before: before.images ?? [], after: after.images }
        : null,
    held: undefined,
  };
}

const wordsOf = ({ title, description, bullets, images }: Step) =>
  JSON.stringify([title, description, bullets, images]);

async function stepsOf(shop: Shop, request: PushRequest): Promise<Step[]> {
  const { lines } = bodyOf(request, ContentBody);
  const items = await itemsOf(shop, lines, request.aliases);
  const steps = new Map<number, Step>();
  for (const line of lines) {
    const step = stepOf(line, itemOf(items, line).product_id);
    const other = steps.get(step.product);
    if (other && wordsOf(other) !== wordsOf(step)) {
      const message = `SKUs ${other.sku} and ${line.sku} are one product at BigCommerce, but their contents differ. Send the same for both.`;
      throw new Stopped(failed('contract_mapping_error', message, { skus: [other.sku, line.sku] }));
    }
    if (!other) steps.set(step.product, step);
  }
  const held = new Map<number, Held>();
  for (const ids of chunks([...steps.keys()], IDS_AT_ONCE)) {
    const asked = { 'id:in': ids.join(','), include_fields: 'name,description', limit: IDS_AT_ONCE };
    const { data } = await shop.get('/v3/catalog/products', asked, Products);
    for (const product of data) held.set(product.id, product);
  }
  return [...steps.values()].map((step) => ({ ...step, held: held.get(step.product) }));
}

/** Sets titles, descriptions, bullets and pictures, one product after the other. */
export async function rewrite(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const cursor = cursorOf(request);
  const refused = [...cursor.refused];
  const steps = await stepsOf(shop, request);
  const held: Facts = Object.fromEntries(
    steps.map(({ canonical_sku, held }) => [canonical_sku, { title: held?.name ?? null }]),
  );
  const facts = before(request, held);
  for (const [index, step] of steps.entries()) {
    if (index < cursor.at) continue;
    if (index > cursor.at && shop.late()) return partial({ at: index, refused }, facts);
    const fields = fieldsOf(step);
    if (Object.keys(fields).length > 0) {
      const body = [{ id: step.product, ...fields }];
      const written = await shop.write('PUT', '/v3/catalog/products', body, z.unknown());
      if (!written.ok) {
        if (!mayBeOneLine(written.refusal)) return failedBy(written.refusal);
        const { code, message } = written.refusal;
        refused.push({ sku: step.sku, code, message });
        continue;
      }
      if (written.status === 207) {
        const message = 'BigCommerce has taken only part of the words.';
        refused.push({ sku: step.sku, code: 'partial_failure', message });
        continue;
      }
    }
    const refusal = step.images && (await setPictures(shop, step.product, step.images));
    if (refusal) refused.push({ sku: step.sku, code: refusal.code, message: refusal.message });
  }
  return ended(steps.length - refused.length, refused, { kind: 'delivered', reference: null, facts });
}

export async function findContent(shop: Shop, request: PushRequest): Promise<Found> {
  for (const step of await stepsOf(shop, request)) {
    if (Object.keys(fieldsOf(step)).length > 0) return { kind: 'absent' };
    if (step.images && !(await picturesStand(shop, step.product, step.images))) return { kind: 'absent' };
  }
  return { kind: 'delivered', reference: null };
}
