import { z } from 'zod';
import type { HttpClient } from '../../sinks/http-client.ts';
import { ask } from '../api.ts';
import type { Fetched } from '../define.ts';
import { plainException } from '../exception-words.ts';
import type { Fact, LabelFailed } from '../facts.ts';
import type { Body } from '../port.ts';

const Text = z.string().nullish();

const Label = z.object({
  label_id: z.string(),
  status: z.string(),
  shipment_id: Text,
  external_order_id: Text,
  external_shipment_id: Text,
  carrier_code: Text,
  service_code: Text,
});
type Label = z.infer<typeof Label>;

const Link = z.object({ href: Text }).nullish();

/** A page of labels, one label, a batch, or tracking: whatever the address gives. */
const Resource = z.object({
  labels: z.array(Label).optional(),
  links: z.object({ next: Link }).nullish(),
  label_id: z.string().optional(),
  status: z.string().optional(),
  batch_id: z.string().optional(),
  errors: z.int().optional(),
  tracking_number: Text,
});

const Tracking = z.object({
  tracking_number: Text,
  status_code: Text,
  status_detail_code: Text,
  carrier_code: Text,
  exception_description: Text,
  carrier_status_description: Text,
});

export type Asking = {
  http: HttpClient;
  token: string;
  now: () => number;
  mayAsk: (url: string) => URL | null;
};

const MOST_PAGES = 20;
const LONGEST_DETAIL = 3000;

function failedLabel(label: Label, at: number): Fact[] {
  if (label.status !== 'error') return [];
  const order = label.external_order_id ?? label.external_shipment_id;
  const shipment = label.shipment_id ?? label.label_id;
  const carrier = label.carrier_code ?? 'the carrier';
  return [
    {
      what: 'label_failed',
      key: `label:${label.label_id}`,
      at,
      exception_code: 'label_pending',
      severity: 'high',
      summary: `No label could be made with ${carrier} for ${order ? `order ${order}` : `shipment ${shipment}`}.`,
      detail: null,
      affected: [
        ...(order ? [{ kind: 'order' as const, reference: order }] : []),
        { kind: 'shipment', reference: shipment },
      ],
      metadata: {
        ...(label.carrier_code ? { carrier: label.carrier_code } : {}),
        ...(label.service_code ? { service: label.service_code } : {}),
      },
    },
  ];
}

function failedBatch(batch: string, errors: number, at: number): LabelFailed {
  return {
    what: 'label_failed',
    key: `batch:${batch}`,
    at,
    exception_code: 'label_pending',
    severity: 'high',
    summary: `${errors} ${errors === 1 ? 'label' : 'labels'} of batch ${batch} could not be made.`,
    detail: null,
    affected: [{ kind: 'shipment', reference: batch }],
    metadata: { batch_id: batch, errors },
  };
}

/** Exceptions, and deliveries that were tried in vain. */
const TROUBLE = /^(?:EX|AT)$|EXCEPTION|FAILED|FAILURE|REFUSED|DAMAGED|LOST|RETURN/i;
const ON_ITS_WAY = /^(?:AC|IT|DE|SP|NY)$/i;

/** What a tracking event says went wrong; nothing for a parcel on its way. The parcel's places stay out. */
export function trackingFailure(data: Body, at: number): Fact[] {
  const parsed = Tracking.safeParse(data);
  if (!parsed.success) return [];
  const { tracking_number, status_code, status_detail_code, carrier_code } = parsed.data;
  const code = status_code ?? '';
  const detailCode = status_detail_code ?? '';
  const inTrouble = TROUBLE.test(code) || (!ON_ITS_WAY.test(code) && TROUBLE.test(detailCode));
  if (!inTrouble || !tracking_number) return [];
  const said = parsed.data.exception_description || parsed.data.carrier_status_description || '';
  const carrier = carrier_code ?? 'The carrier';
  return [
    {
      what: 'label_failed',
      key: `tracking:${tracking_number}:${code}:${Math.floor(at / 1000)}`,
      at,
      exception_code: plainException(`${detailCode.replaceAll('_', ' ')} ${said}`, 'delivery_exception'),
      severity: 'high',
      summary: `${carrier} reports a problem with parcel ${tracking_number}.`.slice(0, 200),
      detail: said.slice(0, LONGEST_DETAIL) || null,
      affected: [{ kind: 'shipment', reference: tracking_number }],
      metadata: {
        ...(carrier_code ? { carrier: carrier_code } : {}),
        status_code: code,
        ...(detailCode ? { status_detail_code: detailCode } : {}),
      },
    },
  ];
}

/** Follows a pointer and its further pages, all of them on allowed hosts. */
export async function failuresAt(
  asking: Asking,
  start: string,
  at: number,
): Promise<Fetched<readonly Fact[]>> {
  const facts: Fact[] = [];
  let next: string | null = start;
  for (let page = 0; next !== null && page < MOST_PAGES; page += 1) {
    const url = asking.mayAsk(next);
    if (url === null)
      return { kind: 'failed', reason: 'A page of the list is on a host that may not be asked.' };
    const found: Fetched<Body> = await ask(
      asking.http,
      { method: 'GET', url, headers: { 'api-key': asking.token } },
      z.record(z.string(), z.json()),
      asking.now(),
    );
    if (found.kind !== 'ok') return found;
    const read = Resource.safeParse(found.value);
    if (!read.success) return { kind: 'failed', reason: `The answer of ${url.host} is not as agreed.` };
    const { labels, label_id, batch_id, errors, links, tracking_number } = read.data;
    const single =
      labels === undefined && label_id !== undefined ? Label.safeParse(found.value).data : undefined;
    for (const label of labels ?? (single ? [single] : [])) facts.push(...failedLabel(label, at));
    if (batch_id !== undefined && (errors ?? 0) > 0) facts.push(failedBatch(batch_id, errors ?? 0, at));
    if (label_id === undefined && tracking_number) facts.push(...trackingFailure(found.value, at));
    next = links?.next?.href || null;
  }
  return { kind: 'ok', value: facts };
}
