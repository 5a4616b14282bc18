import Big from 'big.js';
import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import { type CarrierAnswer, type Complaint, jsonOf } from '../carriers/errors.ts';
import { amountOf, type Price } from '../carriers/label-request.ts';
import { oneLine } from '../outcome.ts';

function lenient<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(undefined);
}

const Text = lenient(z.string());
const Refused = z.object({
  error: z.object({
    code: Text,
    message: Text,
    errors: lenient(
      z.array(
        z.object({
          code: Text,
          title: Text,
          detail: Text,
          source: lenient(z.object({ parameter: Text })),
        }),
      ),
    ),
  }),
});

/** Of the same day, or of a label that is void already: USPS gives these a code without meaning. */
const VOID_ALREADY = /already (?:been )?(?:cancell?ed|submitted)/iu;

/** Each error with its field; last the code of the whole answer, such as TOO_MANY_REQUESTS. */
export function complaintsOf(answer: CarrierAnswer): readonly Complaint[] {
  const read = Refused.safeParse(jsonOf(answer));
  if (!read.success) return [];
  const { error } = read.data;
  const single = (error.errors ?? []).map(({ code, title, detail, source }): Complaint => {
    const message = detail ?? title ?? null;
    const already = message !== null && VOID_ALREADY.test(message);
    return { code: already ? '160186' : (code ?? null), message, field: source?.parameter ?? null };
  });
  return [
    ...single,
    { code: error.code ?? null, message: single.length > 0 ? null : (error.message ?? null) },
  ];
}

const Rate = z.object({ totalBasePrice: z.number().min(0) });

export function rateOf(answer: CarrierAnswer): Price | null {
  const read = Rate.safeParse(jsonOf(answer));
  return read.success ? { amount: amountOf(read.data.totalBasePrice), currency: 'USD' } : null;
}

const Charge = lenient(z.array(z.object({ price: lenient(z.number()) })));
const Metadata = z.object({
  trackingNumber: z.string().min(1).max(60),
  postage: lenient(z.number()),
  fees: Charge,
  extraServices: Charge,
});
const LabelAnswer = z.union([
  z.object({ labelMetadata: Metadata, labelImage: Text }),
  Metadata.extend({ labelImage: Text }),
]);

/** A bought label; `image` is base64. The cost is null when USPS did not tell it. */
export type UspsLabel = { tracking_number: string; cost: Price | null; image: string | null };

function partsOf(answer: CarrierAnswer): unknown {
  const type = String(answer.headers['content-type'] ?? '');
  const boundary = /^multipart\/[^;]+;.*boundary="?([^";]+)"?/iu.exec(type)?.[1];
  if (boundary === undefined || !answer.complete) return jsonOf(answer);
  const found: { [name: string]: unknown } = {};
  for (const part of answer.body.split(`--${boundary}`)) {
    const [head = '', ...rest] = part.split(/\r?\n\r?\n/u);
    const name = /name="?([A-Za-z]+)"?/u.exec(head)?.[1];
    const body = rest.join('\n\n').trim();
    if (name === undefined) continue;
    try {
      found[name] = name.endsWith('Metadata') ? (JSON.parse(body) as unknown) : body;
    } catch {
      return undefined;
    }
  }
  return found;
}

/** Null when the answer tells of no label. */
export function labelOf(answer: CarrierAnswer): UspsLabel | null {
  const read = LabelAnswer.safeParse(partsOf(answer));
  if (!read.success) return null;
  const metadata = 'labelMetadata' in read.data ? read.data.labelMetadata : read.data;
  const { postage, fees, extraServices, trackingNumber } = metadata;
  const extra = [...(fees ?? []), ...(extraServices ?? [])].flatMap(({ price }) => price ?? []);
  const cost =
    typeof postage === 'number'
      ? {
          amount: extra.reduce((sum, one) => sum.plus(amountOf(one)), new Big(amountOf(postage))).toFixed(),
          currency: 'USD',
        }
      : null;
  return { tracking_number: oneLine(trackingNumber, 60), cost, image: read.data.labelImage ?? null };
}

const Voided = z.object({ status: z.enum(['CANCELED', 'DISPUTED']) });

/** DISPUTED: it had been manifested, and a refund has been asked for. */
export function voidedOf(answer: CarrierAnswer): 'CANCELED' | 'DISPUTED' | null {
  const read = Voided.safeParse(jsonOf(answer));
  return read.success ? read.data.status : null;
}

const Kept = z.object({
  tracking_number: z.string(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  label: z.string().optional(),
});
export type KeptLabel = z.infer<typeof Kept>;

/** Labels that earlier attempts of a push have bought, from its facts. */
export function keptLabels(facts: { readonly [key: string]: Json }): readonly KeptLabel[] {
  const read = z.array(Kept).safeParse(facts['labels'] ?? []);
  return read.success ? read.data : [];
}

const KeptRefusal = z.object({
  exception_code: z.string(),
  message: z.string(),
  metadata: z.record(z.string(), z.json()),
});

/** Why the rest was not bought, as an earlier attempt kept it. */
export function keptRefusal(facts: { readonly [key: string]: Json }): z.infer<typeof KeptRefusal> | null {
  const read = KeptRefusal.safeParse(facts['refused']);
  return read.success ? read.data : null;
}
