import { z } from 'zod';
import type { Finding, PushRequest } from '../port.ts';
import { Stopped } from '../shared/ending.ts';
import { troubled } from '../shared/problem.ts';
import type { Client } from './client.ts';
import { DropDraftOrder, MakeDraftOrder, SetPrices } from './mutations.ts';
import { PricesNow, ShopNow, type VariantNode } from './queries.ts';
import type { ShopifySettings } from './settings.ts';
import { byId, findVariants, nameOf, SkuLine } from './variants.ts';
import { mustChange } from './work.ts';

const Sample = z.object({ lines: z.array(SkuLine.extend({ price: z.string().optional() })).min(1) });
type SampleLine = z.infer<typeof Sample>['lines'][number];

/** How many lines are looked up to find one that the staging shop has. */
const SAMPLES = 25;

const OK = (name: string, detail: string | null): Finding => ({ name, problem: null, detail });

/** The steps after one that failed are left out, but what was written is put back. */
async function steps(findings: Finding[], name: string, run: () => Promise<string | null>): Promise<boolean> {
  try {
    findings.push(OK(name, await run()));
    return true;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    findings.push(troubled(name, error.outcome));
    return false;
  }
}

async function findSample(client: Client, lines: readonly SampleLine[], aliases: PushRequest['aliases']) {
  const { found } = await findVariants(
    client,
    lines.map((line) => nameOf(line, aliases)),
  );
  for (const line of lines) {
    const [node, second] = found.get(nameOf(line, aliases)) ?? [];
    if (node && !second) return { line, node };
  }
  return null;
}

async function setPrice(client: Client, node: VariantNode, price: string, compareAtPrice: string | null) {
  const variants = [{ id: node.id, price, compareAtPrice }];
  await mustChange(client, SetPrices, { product: node.product.id, variants }, 'price');
  const now = await byId<{ id: string; price: string }>([node.id], (ids) =>
    client.ask(PricesNow, { ids: [...ids] }),
  );
  return now.get(node.id)?.price ?? null;
}

/**
 * Writes the price of one line of the push, reads it back and restores it; makes a draft order and deletes
 * it. Only in a shop that is marked as staging and is a development store.
 */
export async function rehearse(
  client: Client,
  settings: ShopifySettings,
  request: PushRequest,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (!settings.staging)
    return [
      { name: 'staging', problem: 'This sink is not marked staging, so nothing was tried.', detail: null },
    ];
  let isStaging = false;
  const reached = await steps(findings, 'staging', async () => {
    const { shop } = await client.ask(ShopNow);
    isStaging = shop.plan.partnerDevelopment;
    return shop.name;
  });
  if (!reached) return findings;
  if (!isStaging)
    return [
      { name: 'staging', problem: 'This is no development store, so nothing was tried.', detail: null },
    ];
  const sample = Sample.safeParse(request.body);
  if (!sample.success) return findings;
  let found: Awaited<ReturnType<typeof findSample>> = null;
  await steps(findings, 'sample', async () => {
    found = await findSample(client, sample.data.lines.slice(0, SAMPLES), request.aliases);
    return found?.line.sku ?? null;
  });
  const chosen = found as Awaited<ReturnType<typeof findSample>>;
  if (!chosen) {
    const problem = 'The staging shop has none of these SKUs. Copy one product of this push to it.';
    return [...findings.filter(({ name }) => name !== 'sample'), { name: 'sample', problem, detail: null }];
  }
  const { line, node } = chosen;
  const target = line.price ?? node.price;
  await steps(findings, 'price', async () => {
    try {
      const read = await setPrice(client, node, target, node.compareAtPrice);
      return `${line.sku}: ${node.price} → ${read ?? 'unknown'}`;
    } finally {
      await setPrice(client, node, node.price, node.compareAtPrice);
    }
  });
  await steps(findings, 'test order', async () => {
    const input = { lineItems: [{ variantId: node.id, quantity: 1 }], tags: ['meshline-rehearsal'] };
    const { draftOrder } = await mustChange(client, MakeDraftOrder, { input }, 'order');
    if (!draftOrder) return 'made';
    await mustChange(client, DropDraftOrder, { id: draftOrder.id }, 'order');
    return 'made and deleted';
  });
  return findings;
}
