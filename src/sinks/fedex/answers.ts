import Big from 'big.js';
import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import type { Complaint } from '../carriers/errors.ts';
import { amountOf, type Price } from '../carriers/label-request.ts';
import { oneLine } from '../outcome.ts';
import type { Facts } from '../port.ts';

/** What is not there, or not as documented, reads as undefined: an answer is never refused for a detail. */
function lenient<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(undefined);
}
function many<T extends z.ZodType>(schema: T) {
  return z.array(schema).nullish().catch(undefined);
}

const Text = lenient(z.string());
const Figure = lenient(z.number());
const Said = z.object({ code: Text, message: Text });
const Document = z.object({ url: Text, contentType: Text, encodedLabel: Text });
const Rated = z.object({ rateType: Text, totalNetCharge: Figure, currency: Text });

const Shipment = z.object({
  masterTrackingNumber: Text,
  serviceType: Text,
  shipDatestamp: Text,
  alerts: many(Said),
  shipmentDocuments: many(Document),
  pieceResponses: many(
    z.object({
      trackingNumber: Text,
      netRateAmount: Figure,
      currency: Text,
      packageDocuments: many(Document),
    }),
  ),
  completedShipmentDetail: lenient(
    z.object({
      masterTrackingId: lenient(z.object({ trackingNumber: Text })),
      shipmentRating: lenient(z.object({ actualRateType: Text, shipmentRateDetails: many(Rated) })),
    }),
  ),
});
type Shipment = z.infer<typeof Shipment>;

const Tracked = z.object({
  trackingNumberInfo: lenient(z.object({ trackingNumber: Text })),
  serviceDetail: lenient(z.object({ type: Text })),
  latestStatusDetail: lenient(z.object({ code: Text })),
  error: lenient(Said),
});

/** Every answer of FedEx, as far as it is read. */
const Answer = z.object({
  errors: many(Said),
  output: lenient(
    z.object({
      alerts: many(Said),
      transactionShipments: many(Shipment),
      cancelledShipment: lenient(z.boolean()),
      rateReplyDetails: many(
        z.object({ serviceType: Text, customerMessages: many(Said), ratedShipmentDetails: many(Rated) }),
      ),
      completeTrackResults: many(z.object({ trackingNumber: Text, trackResults: many(Tracked) })),
    }),
  ),
});
export type FedexAnswer = z.infer<typeof Answer>;

/** Null when the body is no object of FedEx's. */
export function readFedex(body: unknown): FedexAnswer | null {
  const read = Answer.safeParse(body);
  return read.success && (read.data.errors || read.data.output) ? read.data : null;
}

const complaint = ({ code, message }: z.infer<typeof Said>): Complaint => ({
  code: code ?? null,
  message: message ?? null,
});

export function errorsOf(answer: FedexAnswer | null): readonly Complaint[] {
  return (answer?.errors ?? []).map(complaint);
}

/** Errors first, then what is said beside a result. */
export function alertsOf(answer: FedexAnswer | null): readonly Complaint[] {
  const { output } = answer ?? {};
  return [
    ...errorsOf(answer),
    ...(output?.alerts ?? []).map(complaint),
    ...(output?.transactionShipments ?? []).flatMap(({ alerts }) => (alerts ?? []).map(complaint)),
  ];
}

export function isVirtual(answer: FedexAnswer | null): boolean {
  return alertsOf(answer).some(({ code }) => code === 'VIRTUAL.RESPONSE');
}

/** The price of the account in the currency that was asked for, when it is quoted; else in the account's own. */
export function priceOf(
  details: readonly z.infer<typeof Rated>[] | null | undefined,
  currency: string,
): Price | null {
  const prices = (details ?? []).flatMap(({ rateType, totalNetCharge, currency: given }) =>
    typeof totalNetCharge === 'number' && totalNetCharge >= 0 && typeof given === 'string'
      ? [{ rateType: rateType ?? '', amount: amountOf(totalNetCharge), currency: given }]
      : [],
  );
  // LIST and RETAIL are what others would pay.
  const own = prices.filter(({ rateType }) => !/LIST|RETAIL/u.test(rateType));
  const found = own.find((price) => price.currency === currency) ?? own[0] ?? prices[0];
  return found === undefined ? null : { amount: found.amount, currency: found.currency };
}

export function quoteOf(
  answer: FedexAnswer | null,
  service: string,
  currency: string,
): (Price & { service: string }) | null {
  const details = answer?.output?.rateReplyDetails ?? [];
  const reply = details.find(({ serviceType }) => serviceType === service) ?? null;
  const price = priceOf(reply?.ratedShipmentDetails, currency);
  return price === null ? null : { ...price, service };
}

const LONGEST_FACT = 2_000;
/** Base64 that facts may hold: they are kept for good. */
const MOST_LABEL_CHARS = 100_000;

function urlsOf(documents: z.infer<typeof Shipment>['shipmentDocuments']): string[] {
  return (documents ?? []).flatMap(({ url }) =>
    typeof url === 'string' && url.startsWith('https://') && url.length <= LONGEST_FACT ? [url] : [],
  );
}

/** The bytes of the only label, in base64, where FedEx gave no address of it. */
function imageOf(shipment: Shipment): string | null {
  const documents = (shipment.pieceResponses ?? []).flatMap(({ packageDocuments }) => packageDocuments ?? []);
  const images = documents.flatMap(({ encodedLabel }) => encodedLabel ?? []);
  return images.length === 1 ? (images[0] ?? null) : null;
}

function paidFor(shipment: Shipment, currency: string): Price | null {
  const rating = shipment.completedShipmentDetail?.shipmentRating;
  const details = rating?.shipmentRateDetails ?? [];
  const actual = details.filter(({ rateType }) => rateType === rating?.actualRateType);
  const total = priceOf(actual.length > 0 ? actual : details, currency);
  if (total) return total;
  const pieces = shipment.pieceResponses ?? [];
  const amounts = pieces.flatMap(({ netRateAmount }) =>
    typeof netRateAmount === 'number' ? [netRateAmount] : [],
  );
  const unit = pieces[0]?.currency;
  if (pieces.length === 0 || amounts.length < pieces.length || typeof unit !== 'string') return null;
  return {
    amount: amounts.reduce((sum, amount) => sum.plus(amountOf(amount)), new Big(0)).toFixed(),
    currency: unit,
  };
}

export type Bought = { tracking_number: string; facts: Facts };

/** The label that an answer tells of; null when it tells of none. */
export function boughtOf(
  answer: FedexAnswer | null,
  told: {
    carrier: string;
    service: string;
    ship_date: string;
    reference: string;
    currency: string;
    quoted: Price | null;
  },
): Bought | null {
  const shipment = answer?.output?.transactionShipments?.[0];
  if (!shipment) return null;
  const pieces = (shipment.pieceResponses ?? []).flatMap(({ trackingNumber }) =>
    typeof trackingNumber === 'string' ? [trackingNumber] : [],
  );
  const master =
    shipment.masterTrackingNumber ??
    shipment.completedShipmentDetail?.masterTrackingId?.trackingNumber ??
    pieces[0];
  if (master === undefined || master === '') return null;
  const merged = urlsOf(shipment.shipmentDocuments);
  const single = (shipment.pieceResponses ?? []).flatMap(({ packageDocuments }) => urlsOf(packageDocuments));
  const urls = [...new Set([...merged, ...single])];
  const image = imageOf(shipment);
  const keeps = image !== null && image.length <= MOST_LABEL_CHARS;
  const notes = alertsOf(answer).flatMap(({ code, message }) =>
    message === null || code === 'VIRTUAL.RESPONSE' ? [] : [oneLine(message, 300)],
  );
  const facts: { [key: string]: Json } = {
    carrier: told.carrier,
    service: shipment.serviceType ?? told.service,
    ship_date: shipment.shipDatestamp ?? told.ship_date,
    reference: told.reference,
    tracking_number: oneLine(master, 60),
    tracking_numbers: [...new Set([master, ...pieces])].map((number) => oneLine(number, 60)),
  };
  const cost = paidFor(shipment, told.currency) ?? told.quoted;
  if (cost) facts['cost'] = cost;
  if (urls[0] !== undefined) facts['label_url'] = urls[0];
  else if (keeps) facts['label'] = image;
  else notes.push('FedEx gave no address of the label that can be kept. Reprint it in FedEx Ship Manager.');
  if (urls.length > 1) facts['label_urls'] = urls.slice(0, 50);
  if (notes.length > 0) facts['notes'] = [...new Set(notes)].slice(0, 10);
  return { tracking_number: oneLine(master, 60), facts };
}

/** FedEx's status of a shipment whose label was voided. */
const CANCELLED = 'CA';

/** Shipments that carry our reference and stand. */
export function trackedOf(
  answer: FedexAnswer | null,
): readonly { tracking_number: string; service: string | null }[] {
  return (answer?.output?.completeTrackResults ?? []).flatMap(({ trackResults }) =>
    (trackResults ?? []).flatMap(({ trackingNumberInfo, serviceDetail, latestStatusDetail, error }) => {
      const number = trackingNumberInfo?.trackingNumber;
      if (error || typeof number !== 'string' || number === '' || latestStatusDetail?.code === CANCELLED)
        return [];
      return [{ tracking_number: oneLine(number, 60), service: serviceDetail?.type ?? null }];
    }),
  );
}
