import type { Json } from '../../exports/envelope.ts';
import type { Address, Dimensions, Weight } from '../../exports/fields.ts';
import { type LabelRequest, type Read, sizeIn, weightIn } from '../carriers/label-request.ts';
import { failed } from '../shared/ending.ts';
import type { ShipStationSettings } from './settings.ts';

/** The account at ShipStation that a label is bought from. `service` null: the cheapest one. */
export type Chosen = { name: string; carrier_id: string; service: string | null };

/**
 * The account of the preferred carrier with the service wanted, else that of the first alternate that
 * this sink has, with its own default: a service is meant for the preferred carrier.
 */
export function chosen({ carrier }: LabelRequest, settings: ShipStationSettings): Read<Chosen> {
  for (const name of [carrier.preferred, ...carrier.alternates]) {
    const account = Object.hasOwn(settings.carriers, name) ? settings.carriers[name] : undefined;
    if (!account) continue;
    const wanted = name === carrier.preferred ? carrier.service : null;
    const mapped =
      wanted !== null && Object.hasOwn(account.services, wanted) ? account.services[wanted] : undefined;
    const service = mapped ?? wanted?.replaceAll('-', '_').toLowerCase() ?? account.default_service ?? null;
    return { ok: true, value: { name, carrier_id: account.carrier_id, service } };
  }
  const message = `This sink has no account of ${carrier.preferred}. Add it under carriers, or route the label elsewhere.`;
  return { ok: false, outcome: failed('carrier_mismatch', message, { carrier: carrier.preferred }) };
}

type Side = 'sender' | 'recipient';

function address(from: Address, side: Side, settings: ShipStationSettings): Read<{ [key: string]: Json }> {
  const phone = from.phone ?? settings.fallback_phone;
  const missing = (what: string, code: string) => ({
    ok: false as const,
    outcome: failed(code, `ShipStation takes no ${side} without ${what}. Add it.`, { side }),
  });
  if (phone === undefined) return missing('a phone number', 'contact_invalid');
  if (from.postal_code === null) return missing('a postal code', 'address_invalid');
  return {
    ok: true,
    value: {
      name: from.name,
      phone,
      email: from.email,
      company_name: from.company === '' ? null : from.company,
      address_line1: from.line1,
      address_line2: from.line2 === '' ? null : from.line2,
      city_locality: from.city,
      // Required of every country; where there are no regions, the city stands for it.
      state_province: from.region ?? from.city,
      postal_code: from.postal_code,
      country_code: from.country,
      address_residential_indicator: 'unknown',
    },
  };
}

function weightOf(weight: Weight): Json {
  switch (weight.unit) {
    case 'g':
    case 'kg':
      return { value: weightIn('KG', weight, 3), unit: 'kilogram' };
    case 'oz':
      return { value: Number(weight.value), unit: 'ounce' };
    case 'lb':
      return { value: Number(weight.value), unit: 'pound' };
  }
}

function sizeOf(size: Dimensions): Json {
  const unit = size.unit === 'in' ? 'IN' : 'CM';
  const [length, width, height] = sizeIn(unit, size, 2);
  return { unit: unit === 'IN' ? 'inch' : 'centimeter', length, width, height };
}

type Parcel = { weight: Weight } & Omit<LabelRequest['parcels'][number], 'weight'>;

function weighed({ parcels }: LabelRequest): Read<Parcel[]> {
  const known = parcels.flatMap(({ weight, ...parcel }) => (weight === null ? [] : [{ ...parcel, weight }]));
  if (known.length === parcels.length) return { ok: true, value: known };
  return { ok: false, outcome: failed('package_spec_invalid', 'A parcel has no weight. Weigh it.') };
}

/** Goods of a customs declaration; all in the first parcel, since a request does not say what is where. */
function productsOf({ customs }: LabelRequest): Json[] {
  return (customs?.items ?? []).map((item) => ({
    description: item.description.slice(0, 100),
    quantity: item.quantity,
    value: { amount: Number(item.unit_value), currency: item.currency.toLowerCase() },
    country_of_origin: item.origin_country,
    harmonized_tariff_code: item.hs_code,
  }));
}

/** A shipment as ShipStation takes it. The service is chosen by rate, and the ship date is the day of purchase. */
export function shipmentOf(
  label: LabelRequest,
  externalId: string,
  { carrier_id }: Chosen,
  settings: ShipStationSettings,
): Read<Json> {
  const contents = label.customs?.contents ?? 'merchandise';
  if (contents !== 'merchandise') {
    const message = `ShipStation declares what it is sent as merchandise, not as ${contents.replaceAll('_', ' ')}. Make this label by hand.`;
    return { ok: false, outcome: failed('customs_data_invalid', message) };
  }
  const from = address(label.ship_from, 'sender', settings);
  if (!from.ok) return from;
  const to = address(label.ship_to, 'recipient', settings);
  if (!to.ok) return to;
  const parcels = weighed(label);
  if (!parcels.ok) return parcels;
  const products = productsOf(label);
  const packages = parcels.value.map((parcel, index) => ({
    package_code: settings.package_code,
    weight: weightOf(parcel.weight),
    ...(parcel.dimensions ? { dimensions: sizeOf(parcel.dimensions) } : {}),
    ...(parcel.reference === null ? {} : { external_package_id: parcel.reference }),
    label_messages: {
      reference1: label.order_id.slice(0, 60),
      reference2: label.shipment_reference.slice(0, 60),
      reference3: null,
    },
    ...(index === 0 && products.length > 0 ? { products } : {}),
  }));
  return {
    ok: true,
    value: {
      shipments: [
        {
          external_shipment_id: externalId,
          carrier_id,
          create_sales_order: false,
          validate_address: settings.validate_address,
          ship_from: from.value,
          ship_to: to.value,
          packages,
        },
      ],
    },
  };
}

/** One question for an estimate per parcel; it names nobody. */
export function estimatesOf(label: LabelRequest, { carrier_id }: Chosen, shipDate: string): Json[] | null {
  const { ship_from: from, ship_to: to } = label;
  const parcels = weighed(label);
  if (!parcels.ok || from.postal_code === null || to.postal_code === null) return null;
  const route = {
    from_country_code: from.country,
    from_postal_code: from.postal_code,
    from_city_locality: from.city,
    from_state_province: from.region ?? from.city,
    to_country_code: to.country,
    to_postal_code: to.postal_code,
    to_city_locality: to.city,
    to_state_province: to.region ?? to.city,
  };
  return parcels.value.map((parcel) => ({
    carrier_ids: [carrier_id],
    ...route,
    weight: weightOf(parcel.weight),
    ...(parcel.dimensions ? { dimensions: sizeOf(parcel.dimensions) } : {}),
    confirmation: 'none',
    address_residential_indicator: 'unknown',
    ship_date: `${shipDate}T12:00:00Z`,
  }));
}
