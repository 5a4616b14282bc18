import type { Json } from '../../exports/envelope.ts';
import type { Address } from '../../exports/fields.ts';
import {
  type LabelRequest,
  type Read,
  serviceOf,
  shipDate,
  sizeIn,
  weightIn,
} from '../carriers/label-request.ts';
import { failed } from '../shared/ending.ts';
import { MAIL_CLASSES, SERVICES, type UspsSettings } from './settings.ts';

type JsonObject = { [key: string]: Json };

/** One parcel as USPS takes it: each is rated and bought by itself. */
export type UspsParcel = { rate: JsonObject; label: JsonObject };
export type UspsShipment = { service: string; ship_date: string; parcels: readonly UspsParcel[] };

/** The United States and what its post counts to them; their own code is the state there. */
const DOMESTIC: ReadonlySet<string> = new Set(['US', 'PR', 'GU', 'VI', 'AS', 'MP']);

/** Each is a purchase of its own, and all are taken back within one push when one is refused. */
const MOST_PARCELS = 40;

function no(code: string, message: string): { ok: false; outcome: ReturnType<typeof failed> } {
  return { ok: false, outcome: failed(code, message) };
}

function addressOf(address: Address, who: string): Read<JsonObject> {
  if (!DOMESTIC.has(address.country))
    return no(
      'carrier_mismatch',
      `This sink ships within the US only, and the ${who} is in ${address.country}.`,
    );
  const zip = /^(\d{5})(?:-?(\d{4}))?$/u.exec(address.postal_code ?? '');
  if (!zip) return no('address_invalid', `The ${who}'s ZIP code has 5 or 9 digits.`);
  const state = address.country === 'US' ? (address.region ?? '').replace(/^US-/u, '') : address.country;
  if (!/^[A-Z]{2}$/u.test(state))
    return no('address_invalid', `The ${who}'s state is a two-letter code such as NY.`);
  if (address.line1.length > 50 || (address.line2 ?? '').length > 50 || address.city.length > 28)
    return no('address_invalid', `The ${who}'s street or city is longer than USPS takes (50 and 28).`);
  if (address.name.length > 50 || (address.company ?? '').length > 50)
    return no('contact_invalid', `The ${who}'s name or company is longer than USPS's 50 characters.`);
  const [, five = '', four] = zip;
  const made: JsonObject = { streetAddress: address.line1, city: address.city, state, ZIPCode: five };
  if (address.line2 !== null && address.line2 !== '') made['secondaryAddress'] = address.line2;
  if (four !== undefined) made['ZIPPlus4'] = four;
  const phone = (address.phone ?? '').replaceAll(/\D/gu, '');
  if (phone.length >= 6 && phone.length <= 15) made['phone'] = phone;
  // USPS wants two names or a firm.
  const name = address.name.trim();
  const gap = name.lastIndexOf(' ');
  if (gap > 0) {
    made['firstName'] = name.slice(0, gap).trim();
    made['lastName'] = name.slice(gap + 1);
  }
  const firm = address.company ?? (gap > 0 ? null : name);
  if (firm !== null && firm !== '') made['firm'] = firm;
  return { ok: true, value: made };
}

/** Domestic Mail Manual 201: what the machines take. Sides in inches, the longest first; weight in pounds. */
function category([length, width, height]: readonly number[], weight: number): string {
  const sides = [length ?? 0, width ?? 0, height ?? 0];
  const small = (sides[0] ?? 0) < 6 || (sides[1] ?? 0) < 3 || (sides[2] ?? 0) < 0.25;
  const large = (sides[0] ?? 0) > 22 || (sides[1] ?? 0) > 18 || (sides[2] ?? 0) > 15;
  return small || large || weight > 25 ? 'NONSTANDARD' : 'MACHINABLE';
}

const IMAGES = { pdf: 'PDF', png: 'PNG', zpl: 'ZPL203DPI' } as const;

export function shipmentOf(
  label: LabelRequest,
  settings: UspsSettings,
  reference: string,
  now: number,
): Read<UspsShipment> {
  if (label.parcels.length > MOST_PARCELS)
    return no('package_over_limit', `This sink takes up to ${String(MOST_PARCELS)} parcels at once.`);
  const service = serviceOf(label, { ...settings, services: { ...SERVICES, ...settings.services } });
  if (!service.ok) return service;
  if (!MAIL_CLASSES.has(service.value))
    return no('carrier_service_unavailable', `USPS has no domestic mail class ${service.value}.`);
  const from = addressOf(label.ship_from, 'sender');
  if (!from.ok) return from;
  const to = addressOf(label.ship_to, 'recipient');
  if (!to.ok) return to;
  const day = shipDate(label.ship_date, now, settings.time_zone);
  const parcels: UspsParcel[] = [];
  for (const [index, { weight, dimensions }] of label.parcels.entries()) {
    const which = `Parcel ${String(index + 1)}`;
    if (weight === null) return no('package_spec_invalid', `${which} has no weight.`);
    if (dimensions === null)
      return no('package_spec_invalid', `${which} has no dimensions, and USPS prices by them.`);
    const pounds = weightIn('LB', weight, 4);
    const sides = sizeIn('IN', dimensions, 2).toSorted((one, other) => other - one);
    const [length = 0, width = 0, height = 0] = sides;
    const shared: JsonObject = {
      weight: pounds,
      length,
      width,
      height,
      mailClass: service.value,
      processingCategory: category(sides, pounds),
      rateIndicator: settings.rate_indicator,
      destinationEntryFacilityType: 'NONE',
      mailingDate: day,
    };
    const account =
      settings.price_type === 'CONTRACT'
        ? { accountType: settings.account_type, accountNumber: settings.account_number }
        : {};
    const several = label.parcels.length > 1;
    parcels.push({
      rate: {
        originZIPCode: from.value['ZIPCode'] ?? '',
        destinationZIPCode: to.value['ZIPCode'] ?? '',
        priceType: settings.price_type,
        ...account,
        ...shared,
      },
      label: {
        imageInfo: {
          imageType: IMAGES[label.label_format],
          labelType: '4X6LABEL',
          receiptOption: 'NONE',
          ...(several ? { packageNumber: index + 1, totalPackages: label.parcels.length } : {}),
        },
        fromAddress: from.value,
        toAddress: to.value,
        packageDescription: {
          ...shared,
          weightUOM: 'lb',
          dimensionsUOM: 'in',
          extraServices: [],
          customerReference: [
            {
              referenceNumber: several ? `${reference}-${String(index + 1)}` : reference,
              printReferenceNumber: false,
            },
            ...(label.shipment_reference.length <= 30
              ? [{ referenceNumber: label.shipment_reference, printReferenceNumber: true }]
              : []),
          ],
        },
      },
    });
  }
  return { ok: true, value: { service: service.value, ship_date: day, parcels } };
}
