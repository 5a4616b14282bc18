import { z } from 'zod';
import type { Finding, PushRequest } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { failedBy, type Shop } from './client.ts';
import { Held } from './price-fields.ts';
import { finding } from './probe.ts';
import { type Item, itemsOf, putVariants, readVariants } from './variants.ts';

const Sample = z.object({
  lines: z.array(z.object({ sku: z.string(), canonical_sku: z.string() })).optional(),
});
const Variant = Held.extend({ id: z.int() });
const Order = z.object({ id: z.int() });

async function heldBy(shop: Shop, item: Item): Promise<Held> {
  const held = await readVariants(shop, [item], 'price,sale_price,retail_price,calculated_price', Variant);
  const one = held.get(item.variant_id);
  if (one) return one;
  throw stopped('The variant cannot be read back.');
}

const stopped = (message: string) => new Stopped(failed('invalid_answer', message));

/** One cent more on one variant, read back, and put back as it was, whatever happened between. */
async function samplePrice(shop: Shop, item: Item): Promise<string> {
  const was = await heldBy(shop, item);
  const former = was.price ?? null;
  const price = Math.round(((former ?? was.calculated_price ?? 0) + 0.01) * 10_000) / 10_000;
  const put = async (value: number | null) => {
    const [refused] = (await putVariants(shop, [{ item, fields: { price: value } }])).values();
    if (refused) throw stopped(refused.message);
  };
  let read: number | null | undefined;
  try {
    await put(price);
    read = (await heldBy(shop, item)).price;
  } finally {
    await put(former);
  }
  if (read !== price) throw stopped(`The price was set to ${price} but reads ${String(read)}.`);
  const now = (await heldBy(shop, item)).price ?? null;
  if (now !== former)
    throw stopped(
      `The price of ${item.sku} was to be put back to ${String(former)} but reads ${String(now)}.`,
    );
  return `${item.sku} was set to ${price}, read back and restored`;
}

/** An incomplete order (status 0) sends no mail and moves no stock; deleting archives it. */
async function testOrder(shop: Shop): Promise<string> {
  const address = {
    first_name: 'Meshline',
    last_name: 'Rehearsal',
    street_1: '1 Test Street',
    city: 'Austin',
    state: 'Texas',
    zip: '78751',
    country: 'United States',
    country_iso2: 'US',
    email: 'rehearsal@example.com',
  };
  const made = await shop.write(
    'POST',
    '/v2/orders',
    {
      status_id: 0,
      customer_id: 0,
      external_source: 'Meshline rehearsal',
      billing_address: address,
      products: [{ name: 'Meshline rehearsal', quantity: 1, price_inc_tax: 1, price_ex_tax: 1 }],
    },
    Order,
  );
  if (!made.ok) throw new Stopped(failedBy(made.refusal));
  const { id } = made.value;
  const gone = await shop.write('DELETE', `/v2/orders/${id}`, null, z.unknown());
  if (!gone.ok) throw stopped(`Test order ${id} was made but not archived: ${gone.refusal.message}`);
  return `order ${id} was made and archived`;
}

/** Checks of a staging store: a sample price and a test order, both taken back. */
export async function rehearse(shop: Shop, request: PushRequest): Promise<Finding[]> {
  if (!shop.settings.staging) {
    const problem =
      'This shop is not a staging store; nothing is tried in it. Set `staging` for one that is.';
    return [{ name: 'staging', problem, detail: null }];
  }
  const sample = Sample.safeParse(request.body);
  const line = sample.data?.lines?.[0];
  const findings: Finding[] = [];
  if (line)
    findings.push(
      await finding('sample price', async () => {
        const items = await itemsOf(shop, [line], request.aliases);
        const item = items.get(line.canonical_sku);
        return item ? samplePrice(shop, item) : null;
      }),
    );
  findings.push(await finding('test order', () => testOrder(shop)));
  return findings;
}
