import { toIso } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import { DAY_MS } from '../../exports/words.ts';
import type { CarrierClient } from '../carriers/client.ts';
import { type CarrierAnswer, jsonOf, lost, outcomeOf } from '../carriers/errors.ts';
import { type Price } from '../carriers/label-request.ts';
import type { Reading } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import { alertsOf, errorsOf, type FedexAnswer, isVirtual, quoteOf, readFedex } from './answers.ts';
import { FEDEX_CODES } from './codes.ts';
import type { FedexSettings } from './settings.ts';
import type { FedexShipment } from './shipment.ts';

/** `raw` is what the answer was read from. */
export type FedexResult =
  | { ok: true; answer: FedexAnswer; raw: CarrierAnswer }
  | { ok: false; outcome: SinkOutcome };

export type FedexCalls = {
  rate(shipment: FedexShipment['rate'], reference: string): Promise<FedexResult>;
  ship(shipment: Pick<FedexShipment, 'ship' | 'merged'>, reference: string): Promise<FedexResult>;
  cancel(trackingNumber: string, reference: string): Promise<FedexResult>;
  /** Shipments of this account that carry the reference, from 30 days ago to 30 days ahead. */
  find(reference: string): Promise<FedexResult>;
};

const NOT_LIVE =
  'FedEx answered from its test system, so no parcel would move. Use the keys of a production project.';

/** An answer of the test system is refused, unless that is where this sink ships to. */
function refuseVirtual(answer: FedexAnswer, sandbox: boolean): SinkOutcome | null {
  return isVirtual(answer) && !sandbox ? failed('sandbox_virtual_response', NOT_LIVE) : null;
}

export function createFedexCalls(
  client: CarrierClient,
  settings: FedexSettings,
  reading: () => Reading,
): FedexCalls {
  const account = { value: settings.account_number };
  const call = async (
    method: 'POST' | 'PUT',
    path: string,
    body: Json,
    reference: string,
    writes: boolean,
  ): Promise<FedexResult> => {
    const headers = { 'x-customer-transaction-id': reference, 'x-locale': 'en_US' };
    const called = await client.call({ method, path, body, headers, writes });
    if (!called.ok) return called;
    const { answer } = called;
    const { status } = answer;
    const read = readFedex(jsonOf(answer));
    const context = { ...reading(), table: FEDEX_CODES, writes };
    if (status < 200 || status > 299)
      return { ok: false, outcome: outcomeOf(answer, errorsOf(read), context) };
    if (read === null) {
      // A page from a proxy says nothing about the effect.
      const cause = 'The answer was a success, but not in the form of FedEx.';
      return { ok: false, outcome: lost(cause, writes) };
    }
    if (errorsOf(read).length > 0) return { ok: false, outcome: outcomeOf(answer, errorsOf(read), context) };
    const virtual = refuseVirtual(read, settings.sandbox);
    return virtual ? { ok: false, outcome: virtual } : { ok: true, answer: read, raw: answer };
  };

  return {
    rate: (shipment, reference) =>
      call(
        'POST',
        '/rate/v1/rates/quotes',
        { accountNumber: account, requestedShipment: shipment },
        reference,
        false,
      ),
    ship: ({ ship, merged }, reference) =>
      call(
        'POST',
        '/ship/v1/shipments',
        {
          accountNumber: account,
          labelResponseOptions: 'URL_ONLY',
          mergeLabelDocOption: merged ? 'LABELS_AND_DOCS' : 'NONE',
          requestedShipment: ship,
        },
        reference,
        true,
      ),
    cancel: (trackingNumber, reference) =>
      call(
        'PUT',
        '/ship/v1/shipments/cancel',
        { accountNumber: account, trackingNumber, deletionControl: 'DELETE_ALL_PACKAGES' },
        reference,
        true,
      ),
    find: (reference) => {
      const day = (offset: number) => toIso(reading().now + offset).slice(0, 10);
      return call(
        'POST',
        '/track/v1/referencenumbers',
        {
          includeDetailedScans: false,
          referencesInformation: {
            type: 'CUSTOMER_REFERENCE',
            value: reference,
            accountNumber: settings.account_number,
            shipDateBegin: day(-30 * DAY_MS),
            shipDateEndDate: day(30 * DAY_MS),
          },
        },
        reference,
        false,
      );
    },
  };
}

type Held = Extract<FedexResult, { ok: true }>;

/** The quote an answer holds, or why there is none, in FedEx's own words. */
export function quoteFrom(
  held: Held,
  shipment: FedexShipment,
  currency: string,
  reading: Reading,
): { ok: true; quote: Price & { service: string } } | { ok: false; outcome: SinkOutcome } {
  const quote = quoteOf(held.answer, shipment.service, currency);
  if (quote) return { ok: true, quote };
  const none = failed('carrier_service_unavailable', `FedEx quotes no price for ${shipment.service}.`);
  const outcome = told(held, { ...reading, writes: false }) ?? none;
  return { ok: false, outcome };
}

/** FedEx tells some refusals as alerts of a success that holds nothing else. Null when it tells none that is known. */
export function told(held: Held, reading: Reading & { writes: boolean }): SinkOutcome | null {
  const known = alertsOf(held.answer).find(
    ({ code }) => code !== null && code !== 'VIRTUAL.RESPONSE' && Object.hasOwn(FEDEX_CODES, code),
  );
  return known ? outcomeOf(held.raw, [known], { ...reading, table: FEDEX_CODES }) : null;
}
