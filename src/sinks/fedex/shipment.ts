import Big from 'big.js';
import type { Json } from '../../exports/envelope.ts';
import type { Address } from '../../exports/fields.ts';
import {
  type Customs,
  type LabelRequest,
  type Read,
  serviceOf,
  shipDate,
  sizeIn,
  weightIn,
} from '../carriers/label-request.ts';
import { failed } from '../shared/ending.ts';
import type { FedexSettings } from './settings.ts';

type JsonObject = { [key: string]: Json };

/** A shipment as FedEx takes it: what is rated and what is bought. */
export type FedexShipment = {
  service: string;
  ship_date: string;
  rate: JsonObject;
  ship: JsonObject;
  /** All documents in one PDF too; labels for a label printer stay by themselves. */
  merged: boolean;
};

const LONGEST_LINE = 35;
/** FedEx answers later, and elsewhere, for a shipment of more parcels. */
const MOST_PARCELS = 40;

/** At most three lines of 35 characters, broken between words; null when they do not fit. */
export function streetLines(address: Address): string[] | null {
  const lines: string[] = [];
  for (const line of [address.line1, address.line2 ?? '']) {
    let current = '';
    for (const word of line.split(/\s+/u).filter((part) => part !== '')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (longer.length <= LONGEST_LINE) {
        current = longer;
        continue;
      }
      if (current !== '') lines.push(current);
      current = word;
    }
    if (current !== '') lines.push(current);
  }
  const fits = lines.length <= 3 && lines.every((line) => line.length <= LONGEST_LINE);
  return fits && lines.length > 0 ? lines : null;
}

function party(
  address: Address,
  who: string,
  fallback: string | undefined,
): Read<{ contact: JsonObject; address: JsonObject }> {
  const no = (code: string, message: string) => ({ ok: false, outcome: failed(code, message) }) as const;
  const lines = streetLines(address);
  if (lines === null)
    return no('address_invalid', `The ${who}'s street does not fit FedEx's three lines of 35 characters.`);
  if (address.city.length > 35)
    return no('address_invalid', `The ${who}'s city is longer than FedEx's 35 characters.`);
  if ((address.company ?? '').length > LONGEST_LINE || address.name.length > 70)
    return no('contact_invalid', `The ${who}'s name or company is longer than FedEx takes (70 and 35).`);
  const phone = (address.phone ?? fallback ?? '').replaceAll(/\D/gu, '');
  if (phone.length < 10 || phone.length > 15)
    return no('contact_invalid', `FedEx needs a phone number of 10 to 15 digits for the ${who}.`);
  const contact: JsonObject = { personName: address.name, phoneNumber: phone };
  if (address.company !== null) contact['companyName'] = address.company;
  if (address.email !== null && address.email.length <= 80) contact['emailAddress'] = address.email;
  const place: JsonObject = {
    streetLines: lines,
    city: address.city,
    countryCode: address.country,
    postalCode: address.postal_code ?? '',
  };
  if (address.region !== null) place['stateOrProvinceCode'] = address.region;
  return { ok: true, value: { contact, address: place } };
}

const PURPOSE = {
  merchandise: 'SOLD',
  gift: 'GIFT',
  sample: 'SAMPLE',
  documents: 'NOT_SOLD',
  returned_goods: 'NOT_SOLD',
} as const satisfies Record<Customs['contents'], string>;

/** The requests carry no weight of an item, so the parcels' weight is shared out by quantity, rounded down. */
function clearance(
  customs: Customs,
  totalKg: number,
  paidBy: FedexSettings['duties_paid_by'],
): { rated: JsonObject; shipped: JsonObject } {
  const pieces = customs.items.reduce((sum, item) => sum + item.quantity, 0);
  const currency = customs.items[0]?.currency ?? '';
  const valueOf = (item: Customs['items'][number]) => new Big(item.unit_value).times(item.quantity);
  const total = customs.items.reduce((sum, item) => sum.plus(valueOf(item)), new Big(0));
  const rated: JsonObject = {
    dutiesPayment: { paymentType: paidBy },
    commercialInvoice: { shipmentPurpose: PURPOSE[customs.contents] },
    commodities: customs.items.map((item) => {
      const share = new Big(totalKg).times(item.quantity).div(pieces).round(2, Big.roundDown);
      const commodity: JsonObject = {
        description: item.description,
        quantity: item.quantity,
        quantityUnits: 'PCS',
        numberOfPieces: 1,
        countryOfManufacture: item.origin_country,
        unitPrice: { amount: Number(item.unit_value), currency: item.currency },
        customsValue: { amount: valueOf(item).toNumber(), currency: item.currency },
        weight: { units: 'KG', value: Math.max(0.01, share.toNumber()) },
      };
      if (item.hs_code !== null) commodity['harmonizedCode'] = item.hs_code;
      return commodity;
    }),
  };
  return {
    rated,
    shipped: {
      ...rated,
      isDocumentOnly: customs.contents === 'documents',
      totalCustomsValue: { amount: total.toNumber(), currency },
    },
  };
}

/** Pounds and inches within the US, kilograms and centimetres elsewhere. */
function packages(label: LabelRequest, references: Json): Read<{ rated: JsonObject; shipped: JsonObject }[]> {
  const domestic = label.ship_from.country === 'US' && label.ship_to.country === 'US';
  const weightUnit = domestic ? 'LB' : 'KG';
  const sizeUnit = domestic ? 'IN' : 'CM';
  const made: { rated: JsonObject; shipped: JsonObject }[] = [];
  for (const [index, { weight, dimensions }] of label.parcels.entries()) {
    if (weight === null)
      return {
        ok: false,
        outcome: failed('package_spec_invalid', `Parcel ${String(index + 1)} has no weight.`),
      };
    const item: JsonObject = { weight: { units: weightUnit, value: weightIn(weightUnit, weight, 2) } };
    if (dimensions !== null) {
      const [length, width, height] = sizeIn(sizeUnit, dimensions, 0);
      item['dimensions'] = { length, width, height, units: sizeUnit };
    }
    made.push({
      rated: { ...item, groupPackageCount: 1 },
      shipped: { ...item, sequenceNumber: index + 1, customerReferences: references },
    });
  }
  return { ok: true, value: made };
}

const IMAGES = { pdf: 'PDF', png: 'PNG', zpl: 'ZPLII' } as const;

export function shipmentOf(
  label: LabelRequest,
  settings: FedexSettings,
  reference: string,
  now: number,
): Read<FedexShipment> {
  if (label.parcels.length > MOST_PARCELS)
    return {
      ok: false,
      outcome: failed('package_over_limit', `FedEx takes up to ${String(MOST_PARCELS)} parcels at once.`),
    };
  const service = serviceOf(label, settings);
  if (!service.ok) return service;
  const from = party(label.ship_from, 'sender', settings.fallback_phone);
  if (!from.ok) return from;
  const to = party(label.ship_to, 'recipient', settings.fallback_phone);
  if (!to.ok) return to;
  const references: Json = [
    { customerReferenceType: 'CUSTOMER_REFERENCE', value: reference },
    ...(label.shipment_reference.length <= 30
      ? [{ customerReferenceType: 'INVOICE_NUMBER', value: label.shipment_reference }]
      : []),
  ];
  const items = packages(label, references);
  if (!items.ok) return items;

  const weights = label.parcels.flatMap(({ weight }) => (weight === null ? [] : [weight]));
  const totalIn = (unit: 'KG' | 'LB') =>
    weights
      .reduce((sum, weight) => sum.plus(weightIn(unit, weight, 2)), new Big(0))
      .round(2, Big.roundUp)
      .toNumber();
  const day = shipDate(label.ship_date, now, settings.time_zone);
  const shared: JsonObject = {
    serviceType: service.value,
    packagingType: settings.packaging_type,
    pickupType: settings.pickup_type,
    preferredCurrency: label.max_cost.currency,
    totalPackageCount: label.parcels.length,
  };
  const customs =
    label.customs === null ? null : clearance(label.customs, totalIn('KG'), settings.duties_paid_by);
  const rated = (address: JsonObject): JsonObject => ({
    postalCode: address['postalCode'] ?? '',
    countryCode: address['countryCode'] ?? '',
    city: address['city'] ?? '',
    ...(address['stateOrProvinceCode'] === undefined
      ? {}
      : { stateOrProvinceCode: address['stateOrProvinceCode'] }),
  });
  return {
    ok: true,
    value: {
      service: service.value,
      ship_date: day,
      merged: label.label_format !== 'zpl',
      rate: {
        ...shared,
        ...(customs === null ? {} : { customsClearanceDetail: customs.rated }),
        shipper: { address: rated(from.value.address) },
        recipient: { address: rated(to.value.address) },
        rateRequestType: ['ACCOUNT', 'PREFERRED'],
        shipDateStamp: day,
        requestedPackageLineItems: items.value.map(({ rated: item }) => item),
      },
      ship: {
        ...shared,
        ...(customs === null ? {} : { customsClearanceDetail: customs.shipped }),
        shipper: from.value,
        recipients: [to.value],
        rateRequestType: ['ACCOUNT', 'PREFERRED'],
        shipDatestamp: day,
        // FedEx documents this one in pounds, whatever the parcels are in.
        totalWeight: totalIn('LB'),
        shippingChargesPayment: {
          paymentType: 'SENDER',
          payor: { responsibleParty: { accountNumber: { value: settings.account_number } } },
        },
        labelSpecification: {
          labelFormatType: 'COMMON2D',
          imageType: IMAGES[label.label_format],
          labelStockType: label.label_format === 'zpl' ? 'STOCK_4X6' : 'PAPER_4X6',
        },
        requestedPackageLineItems: items.value.map(({ shipped }) => shipped),
      },
    },
  };
}
