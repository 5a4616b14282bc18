import { z } from 'zod';
import { checkCurrency } from '../checks.ts';
import { type CardContent, defineExport } from '../define.ts';
import { exceptionRule, pause } from '../exceptions.ts';
import { HttpsUrl, identifier, Label, Money, maybe, title } from '../fields.ts';
import { compareAmounts } from '../money.ts';
import { money, short, spoken, systemName } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_PATIENT } from '../retries.ts';
import type { Line } from '../text.ts';
import { MINUTE_MS } from '../words.ts';

const Created = z.strictObject({
  status: z.literal('created'),
  carrier: Label,
  service: maybe(Label),
  tracking_number: identifier('tracking number', 60),
  tracking_url: maybe(HttpsUrl),
  label_url: HttpsUrl,
  cost: Money,
});

const Failed = z.strictObject({
  status: z.literal('failed'),
  carrier: Label,
  /** The exception code this failure has in Meshline. */
  code: z.string().regex(/^[a-z][a-z0-9_]{1,79}$/, 'A code is lower case, such as "address_invalid".'),
  /** The carrier's own words. */
  message: title(1000),
  carrier_code: maybe(identifier('carrier code', 120)),
});

const Payload = z.strictObject({
  request: z.strictObject({
    reference: identifier('request reference', 200),
    export_id: maybe(z.guid()),
    carrier: maybe(Label),
    max_cost: maybe(Money),
  }),
  order_id: identifier('order id', 120),
  shipment_reference: identifier('shipment reference', 120),
  result: z.discriminatedUnion('status', [Created, Failed]),
});
type Payload = z.infer<typeof Payload>;

function isOtherCarrier({ request, result }: Payload): boolean {
  return request.carrier !== null && request.carrier.toLowerCase() !== result.carrier.toLowerCase();
}

function isOverCost({ request, result }: Payload): boolean {
  if (result.status === 'failed' || request.max_cost === null) return false;
  if (request.max_cost.currency !== result.cost.currency) return true;
  return compareAmounts(result.cost.amount, request.max_cost.amount) > 0;
}

/** Orders whose label failed wait as `label_pending` until logistics has found a way (R32). */
function failureCode({ result }: Payload): string | null {
  return result.status === 'failed' ? result.code : null;
}

function checkCreated(payload: Payload): Problem[] {
  const { request, result } = payload;
  if (result.status === 'failed') return [];
  const problems: Problem[] = [];
  if (request.carrier !== null && isOtherCarrier(payload)) {
    const message = `The label is from ${systemName(result.carrier)}, but ${systemName(request.carrier)} was asked for. Accept it, or void it and ask again.`;
    problems.push(warning('carrier_mismatch', 'payload.result.carrier', message));
  }
  if (request.max_cost !== null) {
    const path = 'payload.result.cost';
    const mixed = checkCurrency(
      result.cost.currency,
      request.max_cost.currency,
      `${path}.currency`,
      'the request',
    );
    if (mixed.length > 0) return [...problems, ...mixed];
    if (isOverCost(payload)) {
      const message = `The label cost ${money(result.cost.amount, result.cost.currency)}, more than the ${money(request.max_cost.amount, request.max_cost.currency)} allowed. Claim the difference, or accept it.`;
      problems.push(warning('cost_over_max', `${path}.amount`, message));
    }
  }
  return problems;
}

function checkFailed({ result }: Payload, envelopeCode: string | undefined): Problem[] {
  if (result.status === 'created') {
    if (envelopeCode === undefined) return [];
    const message = `The export says ${envelopeCode}, but a label was made. Drop the code, or send the failure.`;
    return [error('code_without_failure', 'exception_code', message)];
  }
  if (envelopeCode === undefined || envelopeCode === result.code) return [];
  const message = `The export says ${envelopeCode} and its result says ${result.code}. Send one code in both places.`;
  return [error('code_mismatch', 'exception_code', message)];
}

function card(payload: Payload): CardContent {
  const { result, order_id } = payload;
  const order = { strong: `order ${short(order_id, 60)}` };
  const carrier = short(systemName(result.carrier), 40);
  const shipment: { label: string; value: Line } = { label: 'Shipment', value: [payload.shipment_reference] };
  if (result.status === 'failed') {
    const rule = exceptionRule(undefined, result.code);
    return {
      headline: [
        'Take over ',
        order,
        `: ${carrier} made no label (${spoken(result.code)}), it waits in the OMS`,
      ],
      facts: [
        { label: `${carrier} says`, value: [short(result.message, 500)] },
        { label: 'What to do', value: [rule.remedy] },
        ...(result.carrier_code === null ? [] : [{ label: 'Its code', value: [result.carrier_code] }]),
        shipment,
      ],
      changes: [{ item: `Order ${order_id}`, before: 'label asked for', after: 'waits for a label' }],
      totals: null,
      rollback: 'Ask for a new label once the cause is gone.',
      effect: `This marks order ${order_id} as waiting for a label.`,
    };
  }
  return {
    headline: [
      'Record the label of ',
      order,
      ` from ${carrier}, ${money(result.cost.amount, result.cost.currency)}`,
    ],
    facts: [
      { label: 'Tracking', value: [result.tracking_number] },
      { label: 'Cost', value: [money(result.cost.amount, result.cost.currency)] },
      ...(result.service === null ? [] : [{ label: 'Service', value: [systemName(result.service)] }]),
      shipment,
    ],
    changes: [
      { item: `Order ${order_id}`, before: 'label asked for', after: `${carrier} ${result.tracking_number}` },
    ],
    totals: null,
    rollback: 'The label can be voided until the carrier has scanned it.',
    effect: `This gives order ${order_id} its tracking number.`,
  };
}

export const shippingLabelResponse = defineExport({
  name: 'shipping_label_response',
  title: 'Shipping label response',
  payload: Payload,
  intents: ['fulfil', 'reconcile'],
  policy: {
    owner_role: 'logistics',
    sla_ms: 10 * MINUTE_MS,
    owner_role_for(payload) {
      const code = failureCode(payload);
      return code === null ? 'logistics' : exceptionRule(undefined, code).role;
    },
    gate_is_fixed: false,
    refresh: {},
    retry: RETRY_PATIENT,
  },
  rules: {},
  gate({ payload }) {
    const code = failureCode(payload);
    if (code !== null) {
      const reason = `${systemName(payload.result.carrier)} made no label, so somebody takes the order over.`;
      return { mode: 'single', roles: [exceptionRule(undefined, code).role], raised: true, reason };
    }
    if (isOtherCarrier(payload) || isOverCost(payload)) {
      const reason = 'The label is not the one that was asked for.';
      return { mode: 'single', roles: ['logistics'], raised: true, reason };
    }
    return { mode: 'policy', roles: [], raised: false, reason: 'The label is as asked for.' };
  },
  check: ({ payload, envelope }) => [
    ...checkCreated(payload),
    ...checkFailed(payload, envelope.exception_code),
  ],
  // What a carrier said is not for people to change.
  editable: [],
  subjects: (payload) => [`label_result:${payload.order_id}:${payload.shipment_reference}`],
  card: ({ payload }) => card(payload),
  operations(payload) {
    const { result } = payload;
    return [
      {
        name: 'label.record',
        body: {
          order_id: payload.order_id,
          shipment_reference: payload.shipment_reference,
          request: payload.request,
          order_state: result.status === 'failed' ? 'label_pending' : 'label_created',
          result,
        },
      },
    ];
  },
  exceptions: {
    order_not_found: pause(
      'logistics',
      'high',
      'The OMS does not know this order. Check its number, then resume.',
    ),
  },
});
