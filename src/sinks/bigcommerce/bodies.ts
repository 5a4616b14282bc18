import { z } from 'zod';
import type { PushRequest } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';

/** What the operations of Meshline carry, as far as this sink needs it (`operations()` of each type). */
const line = { sku: z.string(), canonical_sku: z.string() };
const Price = z.object({ price: z.string(), compare_at: z.string().nullable() });

export const PriceBody = z.object({
  price_list: z.object({ id: z.string() }),
  currency: z.string(),
  valid_from: z.string().nullable(),
  lines: z.array(
    z.object({ ...line, price: z.string(), previous_price: z.string(), compare_at: z.string().nullable() }),
  ),
});
export type PriceBody = z.infer<typeof PriceBody>;

export const PromoBody = z.object({
  currency: z.string(),
  discounts: z.array(z.object({ channel: z.string(), discount_id: z.string() })),
  set_prices_on: z.array(z.string()),
  lines: z.array(
    z.object({ ...line, price: z.string(), compare_at: z.string().nullable(), previous: Price }),
  ),
});
export type PromoBody = z.infer<typeof PromoBody>;

export const StockBody = z.object({
  reason_code: z.string(),
  note: z.string().nullable(),
  lines: z.array(
    z.object({
      ...line,
      location: z.string(),
      previous: z.number().nullable(),
      /** Units there are to be (`inventory.set`). */
      quantity: z.number().optional(),
      /** Units more or fewer (`inventory.adjust`). */
      delta: z.number().optional(),
    }),
  ),
});
export type StockBody = z.infer<typeof StockBody>;

const Weight = z.object({ value: z.string(), unit: z.enum(['g', 'kg', 'oz', 'lb']) });
const Image = z.object({ url: z.string(), alt: z.string() });
export type Image = z.infer<typeof Image>;

export const PreviewBody = z.object({
  handle: z.string(),
  title: z.string(),
  description: z.string(),
  vendor: z.string(),
  tags: z.array(z.string()),
  currency: z.string(),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  variants: z
    .array(
      z.object({
        ...line,
        gtin: z.string().nullable(),
        price: z.string(),
        compare_at: z.string().nullable(),
        weight: Weight.nullable(),
        options: z.array(z.string()),
      }),
    )
    .nonempty(),
  images: z.array(Image),
});
export type PreviewBody = z.infer<typeof PreviewBody>;

export const PublishBody = z.object({
  products: z.array(z.object({ handle: z.string(), skus: z.array(z.string()) })).nonempty(),
  publish_at: z.string().nullable(),
});
export type PublishBody = z.infer<typeof PublishBody>;

const Content = z.object({
  title: z.string().nullable(),
  description: z.string().nullable(),
  bullets: z.array(z.string()).nullable(),
  images: z.array(Image).nullable(),
});

export const ContentBody = z.object({
  lines: z.array(
    z.object({
      ...line,
      changed: z.array(z.enum(['title', 'description', 'bullets', 'images'])),
      before: Content,
      after: Content,
    }),
  ),
});
export type ContentBody = z.infer<typeof ContentBody>;

export const PackagingBody = z.object({
  lines: z.array(
    z.object({
      ...line,
      weight_g: z.string(),
      length_mm: z.string(),
      width_mm: z.string(),
      height_mm: z.string(),
    }),
  ),
});
export type PackagingBody = z.infer<typeof PackagingBody>;

export const LabelBody = z.object({
  order_id: z.string(),
  shipment_reference: z.string(),
  result: z.discriminatedUnion('status', [
    z.object({
      status: z.literal('created'),
      carrier: z.string(),
      service: z.string().nullable(),
      tracking_number: z.string(),
      tracking_url: z.string().nullable(),
    }),
    z.object({
      status: z.literal('failed'),
      carrier: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ]),
});
export type LabelBody = z.infer<typeof LabelBody>;

/** Ends the attempt when the push is not of the form its operation has. */
export function bodyOf<S extends z.ZodType>(request: PushRequest, schema: S): z.infer<S> {
  const read = schema.safeParse(request.body);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  const message = `The operation ${request.operation} does not have the form this sink takes (at "${where}").`;
  throw new Stopped(failed('contract_mapping_error', message));
}
